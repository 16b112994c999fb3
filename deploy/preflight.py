"""What is checked before anything starts: data folder, disk, ports, other servers, one run at a time."""

import fcntl
import json
import os
import shutil
import socket
import time
from pathlib import Path
from typing import IO

import psycopg
import redis

from deploy import folders
from deploy.errors import StartError

NEEDED_MB = 300
PORTS = 5  # web, practice Google, practice Google Ads, demo shop, mail catcher


def data_folder(data_dir: Path) -> Path:
    """DATA_DIR, made for its owner alone when it is missing."""
    try:
        if not data_dir.exists():
            folders.private(data_dir)
        folders.private(data_dir / "logs")
    except OSError as problem:
        raise StartError(f"DATA_DIR {data_dir} cannot be used: {problem.strerror}.") from None
    # Two users in one folder would leave each other files that they cannot open.
    if data_dir.stat().st_uid != os.geteuid():
        raise StartError(f"{data_dir} belongs to another user: run as that user, or choose another DATA_DIR.")
    return data_dir


def disk(data_dir: Path) -> None:
    free_mb = shutil.disk_usage(data_dir).free // 2**20
    if free_mb < NEEDED_MB:
        raise StartError(f"The disk is nearly full: {free_mb} MB are free for {data_dir}, {NEEDED_MB} needed.")


def database(url: str) -> None:
    """StartError unless the person's own PostgreSQL answers."""
    try:
        # SQLAlchemy's spelling of the address may name a driver.
        psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://", 1), connect_timeout=5).close()
    except psycopg.Error as problem:
        reason = (str(problem).strip().splitlines() or ["no reason given"])[-1].strip()
        raise StartError(f"The database of DATABASE_URL does not answer: {reason}") from None


def queue(url: str) -> None:
    """StartError unless the person's own Valkey or Redis answers."""
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
            client.ping()
    except (redis.RedisError, ValueError) as problem:
        raise StartError(f"The server of REDIS_URL does not answer: {problem}") from None


class RunLock:
    """One run on a data folder at a time. The kernel frees the lock when the process ends in any way."""

    def __init__(self, data_dir: Path, address: str) -> None:
        self.file: IO[str] = (data_dir / "run.lock").open("a+", encoding="utf-8")
        self.file.seek(0)
        earlier = self.file.read()
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError(_already_running(data_dir, earlier)) from None
        self.earlier_run_was_killed = bool(earlier)
        self._write(json.dumps({"pid": os.getpid(), "address": address}))

    def release(self) -> None:
        self._write("")
        self.file.close()

    def _write(self, text: str) -> None:
        self.file.truncate(0)
        self.file.write(text)
        self.file.flush()


def _already_running(data_dir: Path, holder: str) -> str:
    try:
        run = json.loads(holder)
        where = f" at {run['address']} (process {run['pid']})"
    except (ValueError, KeyError, TypeError):
        where = ""
    return f"Leader already runs on {data_dir}{where}: stop it first, or choose another DATA_DIR."


def port_number(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65_536 - PORTS:
        raise StartError(f"PORT must be a number from 1 to {65_536 - PORTS}, and {text} is not.")
    return int(text)


def ports(first: int, count: int, patience: float = 0) -> None:
    """StartError unless each port is free, at the latest `patience` seconds from now."""
    deadline = time.monotonic() + patience
    while (taken := _first_taken(first, count)) is not None:
        if time.monotonic() >= deadline:
            uses = f"Leader uses {first} to {first + count - 1}" if count > 1 else f"Leader uses {first}"
            another = next((port for port in range(first + 10, 65_000, 10) if _first_taken(port, count) is None), 0)
            hint = f", for example: make run PORT={another}" if another else ""
            raise StartError(f"Port {taken} is in use ({uses}): choose another PORT{hint}")
        time.sleep(0.2)


def _first_taken(first: int, count: int) -> int | None:
    return next((port for port in range(first, first + count) if not _is_free(port)), None)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise StartError(f"Port {port} is for the system: choose a PORT from 1024 on.") from None
        except OSError:
            return False
    return True
