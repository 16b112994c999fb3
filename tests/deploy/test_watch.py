"""Programs that end are started again, and at the end nothing is left of any of them."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from deploy.children import Child, has_ended
from deploy.errors import StartError
from deploy.watch import LONGEST_WAIT, STEADY_SECONDS, Watch, Watched

SLEEP = "import time; time.sleep(60)"
WITH_A_HELPER = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', '{SLEEP}']); {SLEEP}"

MakeChild = Callable[..., Child]


@pytest.fixture
def make_child(tmp_path: Path) -> MakeChild:
    def make(program: str, name: str = "program") -> Child:
        command = [sys.executable, "-c", program]
        return Child(name, command, log=tmp_path / f"{name}.log", environment=os.environ, folder=tmp_path)

    return make


def end(child: Child) -> None:
    assert child.process is not None
    child.process.kill()
    child.process.wait()


def test_a_program_that_ended_starts_again_after_its_wait(make_child: MakeChild) -> None:
    watched = Watched(make_child(SLEEP))
    watched.child.start()
    end(watched.child)
    watched.look(now=100)
    watched.look(now=100.9)
    assert not watched.child.is_running()
    watched.look(now=101)
    assert watched.child.is_running()
    watched.child.stop()


def test_the_wait_doubles_up_to_a_limit_and_starts_over_after_a_steady_time(make_child: MakeChild) -> None:
    watched = Watched(make_child("pass"))
    now, waits = 0.0, []
    for _ in range(7):
        watched.look(now)
        assert watched.due_at is not None
        waits.append(watched.due_at - now)
        now = watched.due_at
        watched.look(now)
        end(watched.child)
    assert waits == [1, 2, 4, 8, 16, LONGEST_WAIT, LONGEST_WAIT]
    watched.child = make_child(SLEEP)
    watched.child.start()
    watched.look(now + STEADY_SECONDS + 1)
    assert watched.failures == 0
    watched.child.stop()


def test_the_last_started_stops_first(make_child: MakeChild, tmp_path: Path) -> None:
    order = tmp_path / "order"
    program = (
        "import pathlib, signal, sys, time\n"
        "def stop(*_):\n"
        f"    with open({str(order)!r}, 'a') as file: file.write({{name!r}} + ' ')\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, stop)\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    watch = Watch()
    for name in ("database", "worker", "web"):
        child = make_child(program.format(name=name), name)
        watch.add(child)
        child.start()
        child.wait_until(lambda child=child: "ready" in child.last_lines(), seconds=10)  # type: ignore[misc]
    watch.stop()
    assert order.read_text().split() == ["web", "worker", "database"]


def test_nothing_is_left_of_a_program_that_started_others(make_child: MakeChild) -> None:
    child = make_child(WITH_A_HELPER)
    child.start()
    assert child.process is not None
    process = psutil.Process(child.process.pid)
    deadline = time.monotonic() + 10
    while not (helpers := process.children()) and time.monotonic() < deadline:
        time.sleep(0.02)
    end(child)
    child.stop()
    assert helpers
    while not all(has_ended(helper) for helper in helpers):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_program_that_fails_at_once_shows_its_last_lines(make_child: MakeChild) -> None:
    child = make_child("import sys; sys.exit('the disk is full')")
    child.start()
    with pytest.raises(StartError, match=r"program stopped at once\. .*program\.log ends with:\n +the disk is full"):
        child.wait_until(lambda: False, seconds=10)
