"""Folders that only their owner can enter, and short paths for sockets."""

import contextlib
import hashlib
import os
import stat
import tempfile
from pathlib import Path

from deploy.errors import StartError

# The kernel's limit for a socket's path is 108 bytes on Linux and 104 on macOS, the closing zero included.
SOCKET_PATH_LIMIT = 100


def private(folder: Path, owner: int | None = None, group: int | None = None) -> Path:
    """The folder, made when missing, with mode 0700, and of `owner` when root hands it over."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if owner is not None and folder.stat().st_uid != owner:
        os.chown(folder, owner, -1 if group is None else group)
    if stat.S_IMODE(folder.stat().st_mode) != 0o700:
        folder.chmod(0o700)
    return folder


def for_socket(folder: Path, socket_name: str, owner: int | None = None, group: int | None = None) -> Path:
    """`folder`, or a short private folder of the same purpose when the socket's path would be too long."""
    if len(os.fsencode(folder.resolve() / socket_name)) <= SOCKET_PATH_LIMIT:
        return private(folder.resolve(), owner, group)
    name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
    short = Path(tempfile.gettempdir()).resolve() / f"leader-{name}"
    with contextlib.suppress(FileExistsError):
        short.mkdir(mode=0o700)
    _refuse_foreign(short, {os.geteuid(), owner})
    return private(short, owner, group)


def _refuse_foreign(folder: Path, owners: set[int | None]) -> None:
    """The system's temporary folder is open to all: a folder laid there by someone else is a trap."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
        raise StartError(f"{folder} belongs to someone else: remove it, or choose a shorter DATA_DIR.")
