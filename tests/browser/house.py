"""Everything that `make run` starts, in a folder of its own and on free ports."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PORTS = 5


@dataclass(frozen=True)
class House:
    """The addresses and the demo sign-in that the supervisor printed."""

    leader: str
    shop: str
    google: str
    email: str
    password: str
    data_dir: Path
    supervisor: int
    """Its process id."""


@contextmanager
def running(folder: Path) -> Iterator[House]:
    """Start, wait until it says that it runs, and stop it as Ctrl-C does."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    environment |= {"CONVERSION_POLL_SECONDS": "1", "CONVERSION_LEASE_SECONDS": "25"}
    command = [sys.executable, "-m", "deploy.supervisor", "--port", str(_free_ports()), "--data-dir", str(folder)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    try:
        yield _read(process, folder)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _read(process: "subprocess.Popen[str]", folder: Path) -> House:
    said = ""
    for line in process.stdout or ():
        said += line
        if "Press Ctrl-C" in line:
            break
    else:
        raise RuntimeError(f"Leader did not start:\n{said}")
    found = re.search(r"Sign in +(\S+)  password  (.+)", said)
    if found is None:
        raise RuntimeError(f"no demo sign-in was printed:\n{said}")
    address = dict(re.findall(r"^  (Leader|Demo shop|Practice Google) +(http\S+)$", said, flags=re.MULTILINE))
    return House(
        leader=address["Leader"],
        shop=address["Demo shop"],
        google=address["Practice Google"],
        email=found[1],
        password=found[2].strip(),
        data_dir=folder,
        supervisor=process.pid,
    )


def _free_ports() -> int:
    """The first of five ports in a row that nobody uses."""
    while True:
        with ExitStack() as held:
            first = held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
            try:
                for port in range(first + 1, first + PORTS):
                    held.enter_context(socket.create_server(("127.0.0.1", port)))
            except (OSError, OverflowError):
                continue
            return int(first)
