"""Programs that live and die with the program that started them."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from deploy.errors import StartError

PR_SET_PDEATHSIG = 1
LOG_LIMIT_BYTES = 10 * 2**20
# Loaded before any fork: nothing but the call itself happens in the child.
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass
class Child:
    """One program: how it is started and stopped. Its output goes to the end of `log`.

    It leads a process group of its own, so that Ctrl-C in the terminal reaches only the supervisor, which
    stops its children in order. On Linux the kernel sends it `stop_signal` when its parent dies.
    """

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str]
    folder: Path
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10
    user: int | None = None
    group: int | None = None
    before_start: Callable[[], None] = lambda: None
    tied_to_parent: bool = True
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        self.before_start()
        rotate(self.log)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
                user=self.user,
                group=self.group,
                extra_groups=None if self.user is None else [],
                preexec_fn=self.tie() if self.tied_to_parent else None,
            )

    def tie(self) -> Callable[[], None] | None:
        """What the child runs before its program: ask the kernel for the signal at the parent's death."""
        if LIBC is None:
            return None
        libc, number, parent = LIBC, int(self.stop_signal), os.getpid()

        def ask() -> None:
            libc.prctl(PR_SET_PDEATHSIG, number)
            if os.getppid() != parent:  # it died between the fork and the call
                os._exit(1)

        return ask

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Ask, wait `stop_seconds`, then kill; nothing of its process group is left afterwards."""
        if self.process is None:
            return
        if self.is_running():
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(self.stop_seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.end_group()

    def end_group(self) -> None:
        """Kill what a dead program left running in its process group, such as a web server's workers."""
        if self.process is not None:
            # Gone already; macOS says so with PermissionError.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def last_lines(self, count: int = 15) -> str:
        return last_lines(self.log, count)

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Return once `ready()`. StartError with the log's last lines when it ends or is too slow."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.is_running():
                raise StartError(f"{self.name} stopped at once. {self.log} ends with:\n{self.last_lines()}")
            if time.monotonic() > deadline:
                slow = f"{self.name} was not ready after {seconds:.0f} seconds"
                raise StartError(f"{slow}. {self.log} ends with:\n{self.last_lines()}")
            time.sleep(0.03)


def rotate(log: Path) -> None:
    """Keep a log and its predecessor, each of bounded size."""
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))


def last_lines(log: Path, count: int) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 16_384))
            lines = file.read().decode(errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    return "\n".join(f"    {line}" for line in lines[-count:])


def stop_left_over(pid_file: Path, folder: Path, stop_signal: signal.Signals, seconds: float = 30) -> None:
    """Stop the server that a killed earlier run left working in `folder`, if there is one.

    The number in its pid file may meanwhile belong to another program: only a process whose working directory
    is `folder` is touched, and both servers change into their data folder.
    """
    try:
        process = psutil.Process(int(pid_file.read_text(encoding="ascii").split()[0]))
        if Path(process.cwd()) != folder.resolve():
            return
        process.send_signal(stop_signal)
        deadline = time.monotonic() + seconds
        while not has_ended(process):
            if time.monotonic() > deadline:
                raise StartError(f"A server of an earlier run does not stop: end process {process.pid}.")
            time.sleep(0.03)
    except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess, psutil.AccessDenied):
        return


def has_ended(process: psutil.Process) -> bool:
    """Also true of a process that nobody has waited for: the first process of a container may never do so."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
