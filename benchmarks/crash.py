"""Kill workers at random while they report conversions, and count what Google got.

`python -m benchmarks.crash --runs 10000`

Every lead has a click id of its own, so Google's list shows for each how often it was counted. Besides SIGKILLs of the
job alone or of the whole worker, Valkey is emptied and the practice Google takes events but cuts its answers, now and
then. The last line is `lost N doubled N runs N`.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import requests
from flask import Flask

from app.conversions import jobs  # noqa: F401 - warm in the parent of all workers
from app.conversions.uploads import JOB
from app.core import migration
from app.core.db import sqlalchemy_url
from app.core.queue import Bell
from app.factory import create_app
from benchmarks.crash_world import World, prepare, world
from worker import build_worker

LONGEST_LIFE = 2.0
"""Seconds: a worker lives a random time up to this, then it is killed."""

STALLED_AFTER = 120.0
STEPS_LEFT = """
SELECT coalesce(sum(CASE state WHEN 'sent' THEN 1 ELSE 2 END), 0)::integer
  FROM conversion_uploads WHERE state IN ('pending', 'waiting', 'sending', 'sent', 'held')
"""
"""Sending and asking, for each upload that is not settled."""


@dataclass
class Storm:
    """Kills and faults from a seed, so that a run can be repeated as far as the machine's timing allows."""

    app: Flask
    world: World
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)

    def blow(self, left: "Left") -> None:
        """One worker's life and death after the other, until nothing is left to send."""
        while left.count() and not left.is_stalled():
            worker = in_child(lambda: build_worker(self.app, "conversions").work(logging_level="CRITICAL"))
            ends_at = time.monotonic() + self.chance.uniform(0.05, LONGEST_LIFE)
            self._disturb()
            while time.monotonic() < ends_at:
                time.sleep(0.02)
                if self.chance.random() < 0.02:
                    self._kill(children_of(worker), "job")
            horses = children_of(worker)
            self._kill([worker], "worker")
            self._kill(horses, "job")
            with suppress(ChildProcessError):
                os.waitpid(worker, 0)

    def _kill(self, processes: list[int], what: str) -> None:
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
                self.done[f"{what} killed"] += 1

    def _disturb(self) -> None:
        dice = self.chance.random()
        if dice < 0.02:
            Bell(self.world.settings.redis_url).connection.flushall()
            self.done["Valkey emptied"] += 1
        elif dice < 0.10:
            self._set_fault("cut")
            self.done["answers cut for a while"] += 1
        else:
            self._set_fault("none")

    def _set_fault(self, fault: str) -> None:
        with suppress(requests.RequestException):
            requests.post(f"{self.world.google_url}/practice/api/faults", json={"ingest": fault}, timeout=5)


@dataclass
class Left:
    """How many steps are still to be done, and whether that number has stopped falling."""

    connection: psycopg.Connection[tuple[int]]
    lowest: int = sys.maxsize
    fell_at: float = field(default_factory=time.monotonic)

    def count(self) -> int:
        row = self.connection.execute(STEPS_LEFT).fetchone()
        count = row[0] if row else 0
        if count < self.lowest:
            self.lowest, self.fell_at = count, time.monotonic()
        return count

    def is_stalled(self) -> bool:
        return time.monotonic() - self.fell_at > STALLED_AFTER


def in_child(work) -> int:  # type: ignore[no-untyped-def] # any callable
    """Run `work` in a forked process; its id. The parent stays as it was: warm, and without connections."""
    process = os.fork()
    if process:
        return process
    try:
        work()
    except BaseException as error:
        print(f"child: {error!r}", file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


def children_of(process: int) -> list[int]:
    """The process ids of the direct children, from /proc."""
    with suppress(OSError):
        return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    return []


def ring(bell: Bell, stop: threading.Event) -> None:
    """The schedule: rings often, and twice where it must."""
    while not stop.wait(0.1):
        bell.ring("conversions", JOB)


def tally(world: World, connection: psycopg.Connection[tuple[int]], runs: int) -> tuple[int, int]:
    """(lost, doubled), by what Google counted and by what Leader believes."""
    counted = Counter(
        conversion["click_id"]
        for conversion in requests.get(f"{world.google_url}/practice/api/conversions", timeout=120).json()[
            "conversions"
        ]
        for _ in range(conversion["count"])
    )
    row = connection.execute("SELECT count(*) FROM conversion_uploads WHERE state = 'accepted'").fetchone()
    accepted = row[0] if row else 0
    lost = runs - min(len(counted), accepted)
    return lost, sum(count - 1 for count in counted.values())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="leader-crash-", ignore_cleanup_errors=True) as folder,
        world(Path(folder)) as here,
    ):
        migration.upgrade(sqlalchemy_url(here.database_url))
        app = create_app(here.settings)
        began = time.monotonic()
        _, status = os.waitpid(in_child(lambda: prepare(app, options.runs)), 0)
        if status:
            return 1
        print(f"{options.runs} leads won in {time.monotonic() - began:.0f} s; seed {options.seed}", flush=True)
        lost, doubled = _storm(app, here, options.runs, random.Random(options.seed))
    print(f"lost {lost} doubled {doubled} runs {options.runs}")
    return 1 if lost or doubled else 0


def _storm(app: Flask, here: World, runs: int, chance: random.Random) -> tuple[int, int]:
    stop, bell = threading.Event(), Bell(here.settings.redis_url)
    threading.Thread(target=ring, args=(bell, stop), daemon=True).start()
    storm, began = Storm(app, here, chance), time.monotonic()
    try:
        with psycopg.connect(here.database_url, autocommit=True) as connection:
            storm.blow(Left(connection))
            seconds = time.monotonic() - began
            print(f"{seconds:.0f} s; " + ", ".join(f"{count} × {what}" for what, count in sorted(storm.done.items())))
            return tally(here, connection, runs)
    finally:
        stop.set()


if __name__ == "__main__":
    sys.exit(main())
