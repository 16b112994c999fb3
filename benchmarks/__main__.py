"""Measure Leader against its floors: `python -m benchmarks [list] [capture] [recordings]`.

A line about the machine, then one line per figure. CPU is what the app's and the database's processes used
per request; the ratio is to a floor that took turns with it in the same run. Nothing here passes or fails.
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import capture_leads, list_pages, machine, recordings
from benchmarks.report import Figure, lines
from benchmarks.stand import stand
from benchmarks.visitor import UnexpectedAnswerError
from deploy.errors import StartError

PARTS = ("list", "capture", "recordings")
LEADS = 100_000


def figures(parts: list[str], leads: int) -> Iterator[str | Figure]:
    # Valkey may still write while it ends.
    place = tempfile.TemporaryDirectory(prefix="leader-bench-", ignore_cleanup_errors=True)
    with place as folder, stand(Path(folder), leads) as ready:
        yield f"{machine.words(ready)}; {leads:,} leads"
        if "list" in parts:
            yield from list_pages.measure(ready, leads)
        if "capture" in parts:
            yield from capture_leads.measure(ready)
        if "recordings" in parts:
            yield from recordings.sealing()
            yield from recordings.calls(ready)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure Leader against its floors.")
    parser.add_argument("parts", nargs="*", metavar="|".join(PARTS), help="what to measure; everything by default")
    parser.add_argument("--leads", type=int, default=LEADS, help="how many leads the company has")
    given = parser.parse_args()
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # stops what was started, like Ctrl-C
    try:
        machine_words, *found = figures(given.parts or list(PARTS), given.leads)
    except (StartError, UnexpectedAnswerError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(machine_words)
    print("\n".join(lines(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
