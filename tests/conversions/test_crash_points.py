"""The worker dies by SIGKILL at every single step of an upload; the next worker finishes it, counted once."""

import os
import signal
import sys

import pytest
from sqlalchemy import event

from app.conversions import jobs
from app.core.db import db
from tests.conversions.conftest import Desk

MOST_STEPS = 80


class Killer:
    """Counts database statements, commits and HTTP requests, and ends the process at the given one."""

    def __init__(self, at: int) -> None:
        self.left = at

    def step(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(db.engine, name, self.step)
        sys.addaudithook(lambda name, _: self.step() if name == "http.client.send" else None)


def _die_at(desk: Desk, step: int) -> bool:
    """Work in a process that is killed at this step. True when it came to its end before."""
    process = os.fork()
    if not process:
        with desk.office.app.app_context():
            db.engine.dispose(close=False)
            Killer(step).watch()
            jobs.send_due()
        os._exit(0)
    _, status = os.waitpid(process, 0)
    return os.WIFEXITED(status)


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["sending", "asking"])
def test_killed_at_any_step_nothing_is_lost_or_doubled(desk: Desk, phase: str) -> None:
    for step in range(1, MOST_STEPS):
        lead_id = desk.won()
        if phase == "asking":
            desk.work()
            desk.pass_time()
        survived = _die_at(desk, step)
        for _ in range(3):
            desk.pass_time()
            desk.work()
        assert desk.state(lead_id) == ("accepted", ""), f"killed at step {step}"
        if survived:
            break
    assert survived, "the upload takes more steps than this test kills at"
    assert step > 10
    conversions = desk.counted()
    assert len(conversions) == step
    assert all(conversion["count"] == 1 for conversion in conversions)
