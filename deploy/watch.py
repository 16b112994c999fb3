"""Keep started programs running: start them again when they end, and stop them in reverse order."""

import time
from dataclasses import dataclass
from typing import NoReturn

from deploy.children import Child
from deploy.errors import StartError

LOOK_SECONDS = 0.3
LONGEST_WAIT = 30.0
STEADY_SECONDS = 60.0


@dataclass
class Watched:
    """A child and its recent failures: the wait before a start doubles with each one, up to LONGEST_WAIT."""

    child: Child
    failures: int = 0
    due_at: float | None = None
    started_at: float = 0.0

    def look(self, now: float) -> None:
        if self.child.is_running():
            if now - self.started_at > STEADY_SECONDS:
                self.failures = 0
        elif self.due_at is None:
            self._plan(now)
        elif now >= self.due_at:
            self._start(now)

    def _plan(self, now: float) -> None:
        self.child.end_group()
        wait = min(2.0**self.failures, LONGEST_WAIT)
        self.failures += 1
        self.due_at = now + wait
        print(f"{self.child.name} ended; it starts again in {wait:.0f} s (see {self.child.log}).", flush=True)

    def _start(self, now: float) -> None:
        self.due_at, self.started_at = None, now
        try:
            self.child.start()
        except (OSError, StartError) as problem:
            print(f"{self.child.name} could not start: {problem}", flush=True)


class Watch:
    def __init__(self) -> None:
        self.watched: list[Watched] = []

    def add(self, child: Child) -> None:
        self.watched.append(Watched(child, started_at=time.monotonic()))

    def forever(self) -> NoReturn:
        while True:
            for watched in self.watched:
                watched.look(time.monotonic())
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """Stop what runs, last started first, so that nothing loses its database while it works."""
        for watched in reversed(self.watched):
            watched.child.stop()
        self.watched.clear()
