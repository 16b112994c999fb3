"""What the figures were measured on."""

import os
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path

import psutil

from benchmarks.stand import Stand


def words(stand: Stand) -> str:
    with stand.connect() as connection:
        row = connection.execute("SHOW server_version").fetchone()
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    parts = [
        f"{os.cpu_count()} cores, load {load}",
        f"{platform.system()} {platform.machine()}",
        f"Python {platform.python_version()}",
        f"PostgreSQL {row[0] if row else '?'} with fsync on {_file_system(Path(tempfile.gettempdir()))}",
        f"granian {version('granian')}, one worker for each server",
    ]
    return "; ".join(parts)


def _file_system(folder: Path) -> str:
    """The kind of the file system that holds the folder: on tmpfs an fsync costs nothing."""
    mounts = [mount for mount in psutil.disk_partitions(all=True) if folder.is_relative_to(mount.mountpoint)]
    return max(mounts, key=lambda mount: len(mount.mountpoint)).fstype if mounts else "an unknown file system"
