"""Kill workers at random while they report conversions, and count what Google got.

`python -m benchmarks.crash --runs 10000`

Every lead has a click id of its own, so Google's list shows for each how often it was counted. Besides SIGKILLs of the
job alone or of the whole worker, now and then Valkey is emptied or killed, the database is killed, the line to Google
is down, and the practice Google takes events but cuts its answers. `--together N` sends in requests of up to N. The
last line is `lost N doubled N runs N`.
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
import redis
import requests
from flask import Flask

from app.conversions import jobs
from app.conversions.uploads import JOB
from app.core import migration
from app.core.db import sqlalchemy_url
from app.core.queue import Bell
from app.factory import create_app
from benchmarks import outbox_stock
from benchmarks.crash_world import World, prepare, world
from deploy.embedded_postgres import Postgres
from deploy.embedded_valkey import Valkey
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
        dice, faults = self.chance.random(), {"ingest": "none", "status": "none", "token": "none"}
        if dice < 0.02:
            with suppress(redis.RedisError):
                Bell(self.world.settings.redis_url).connection.flushall()
            self.done["Valkey emptied"] += 1
        elif dice < 0.05:
            self._kill_server(self.world.valkey, "Valkey killed")
        elif dice < 0.08:
            self._kill_server(self.world.postgres, "database killed")
        elif dice < 0.13:
            faults = dict.fromkeys(faults, "down")
            self.done["network cut for a while"] += 1
        elif dice < 0.20:
            faults["ingest"] = "cut"
            self.done["answers cut for a while"] += 1
        with suppress(requests.RequestException):
            requests.post(f"{self.world.google_url}/practice/api/faults", json=faults, timeout=5)

    def _kill_server(self, server: Postgres | Valkey, what: str) -> None:
        """In the middle of a worker's life, and back again."""
        time.sleep(self.chance.uniform(0.1, 0.6))
        if server.child.process:
            master = server.child.process.pid
            for process in [master, *children_of(master)]:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            server.child.process.wait()
        self.done[what] += 1
        server.start()


@dataclass
class Left:
    """How many steps are still to be done, and whether that number has stopped falling."""

    database_url: str
    lowest: int = sys.maxsize
    fell_at: float = field(default_factory=time.monotonic)

    def count(self) -> int:
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute(STEPS_LEFT).fetchone()
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
    parser.add_argument("--together", type=int, default=1, help="the largest request; 1: one by one")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="leader-crash-", ignore_cleanup_errors=True) as folder,
        world(Path(folder)) as here,
    ):
        migration.upgrade(sqlalchemy_url(here.database_url))
        batch_from = 2 if options.together > 1 else 2**31 - 1
        jobs.MOST_EVENTS = options.together
        app = create_app(here.settings.model_copy(update={"conversion_batch_from": batch_from}))
        began = time.monotonic()
        _, status = os.waitpid(in_child(lambda: prepare(app, 1)), 0)
        if status:
            return 1
        with psycopg.connect(here.database_url, autocommit=True) as database:
            (company_id,) = database.execute("SELECT id FROM companies").fetchone() or (None,)
            outbox_stock.fill(database, company_id, options.runs - 1)
        print(f"{options.runs} leads won in {time.monotonic() - began:.0f} s; seed {options.seed}", flush=True)
        lost, doubled = _storm(app, here, options.runs, random.Random(options.seed))
    print(f"lost {lost} doubled {doubled} runs {options.runs}")
    return 1 if lost or doubled else 0


def _storm(app: Flask, here: World, runs: int, chance: random.Random) -> tuple[int, int]:
    stop, bell = threading.Event(), Bell(here.settings.redis_url)
    threading.Thread(target=ring, args=(bell, stop), daemon=True).start()
    storm, began = Storm(app, here, chance), time.monotonic()
    try:
        storm.blow(Left(here.database_url))
        with psycopg.connect(here.database_url, autocommit=True) as connection:
            seconds = time.monotonic() - began
            print(f"{seconds:.0f} s; " + ", ".join(f"{count} × {what}" for what, count in sorted(storm.done.items())))
            return tally(here, connection, runs)
    finally:
        stop.set()


if __name__ == "__main__":
    sys.exit(main())
