"""The CPU time that a server and all its child processes have used."""

import contextlib

import psutil


class ProcessTree:
    """A process and what it started. What an ended child used stands in its parent's account."""

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)

    def cpu(self) -> float:
        """Seconds in user and system mode since their start."""
        total = 0.0
        for process in [self._root, *self._root.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                spent = process.cpu_times()
                ended = getattr(spent, "children_user", 0.0) + getattr(spent, "children_system", 0.0)
                total += spent.user + spent.system + ended
        return total
