"""Where files lie: a folder of this machine, or a bucket that speaks S3.

What is stored is sealed (`core/sealed_files.py`): a file opens only under its own name, with its own key, and whole.
The key is the feature's to keep, sealed by the company's box. Names are `kind/company id/file`, so that all that a
company has of one kind lies in one folder. Nothing here holds a whole file in memory.
"""

import functools
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from app.core.config import Settings
from app.core.errors import PermanentError, RetryableError
from app.core.sealed_files import SealedReader, sealed_pieces
from app.core.words import gettext as _

FOLDER = "files"
"""Of DATA_DIR, where files lie unless STORAGE_URL names a bucket."""
_NAME = re.compile(r"[a-z]+(/[0-9a-zA-Z-]{1,80}){2}")
_TIMEOUT = timedelta(seconds=30)


class Storage(Protocol):
    """All raise RetryableError when the other side does not answer."""

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Whole or not at all, and on the disk when it returns; what had the name before is replaced."""

    def read(self, name: str, start: int, length: int) -> bytes:
        """Fewer bytes at the end. Raises PermanentError for a file that is not there."""

    def delete(self, name: str) -> None:
        """Nothing happens where there is none."""

    def names(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """(name, when it was written) of all that lies in `kind` or `kind/company id`."""


@dataclass(frozen=True)
class SealedFile:
    """One file and what opens it."""

    storage: Storage
    name: str
    key: str

    def write(self, pieces: Iterable[bytes]) -> int:
        """Seal and store the content; its length."""
        counted = _Counted(pieces)
        self.storage.write(_checked(self.name), sealed_pieces(counted, self.key, self.name))
        return counted.size

    def open(self, size: int) -> SealedReader:
        """The content, which was so long. Nothing is read yet."""
        name = _checked(self.name)
        return SealedReader(lambda start, length: self.storage.read(name, start, length), self.key, name, size)


@functools.lru_cache(maxsize=4)
def storage_of(settings: Settings) -> Storage:
    """The storage of this installation. `settings` has checked the address."""
    if not settings.storage_url:
        return Folder(settings.data_dir / FOLDER)
    parts = urlsplit(settings.storage_url)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    endpoint = asked.get("endpoint", "")
    store = S3Store(
        parts.hostname or "",
        prefix=parts.path.strip("/") or None,
        region=asked.get("region", "us-east-1"),
        endpoint=endpoint or None,
        access_key_id=settings.storage_access_key_id,
        secret_access_key=settings.storage_secret_access_key,
        client_options={"allow_http": endpoint.startswith("http://"), "timeout": _TIMEOUT},
        retry_config={"max_retries": 2, "retry_timeout": _TIMEOUT},
    )
    return Bucket(store)


class Folder:
    """Files below one folder, which only this user may read."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        path = self._root / name
        part = path.with_name(path.name + ".part")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            _keep_name(path.parent)
        except OSError as error:  # such as a full disk
            raise _unanswered(error) from None

    def read(self, name: str, start: int, length: int) -> bytes:
        try:
            with (self._root / name).open("rb", buffering=0) as file:
                return os.pread(file.fileno(), length, start)
        except FileNotFoundError:
            raise _missing() from None

    def delete(self, name: str) -> None:
        try:
            (self._root / name).unlink(missing_ok=True)
        except OSError as error:
            raise _unanswered(error) from None

    def names(self, folder: str) -> Iterator[tuple[str, datetime]]:
        for path in sorted((self._root / folder).rglob("*")):
            if path.is_file():
                yield path.relative_to(self._root).as_posix(), datetime.fromtimestamp(path.stat().st_mtime, UTC)


class Bucket:
    """Files in a bucket. Long ones go up in parts: let the bucket end uploads that were never finished after a day."""

    def __init__(self, store: S3Store) -> None:
        self._store = store

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        try:
            obstore.put(self._store, name, iter(pieces))
        except BaseError as error:
            raise _unanswered(error) from None

    def read(self, name: str, start: int, length: int) -> bytes:
        try:
            return bytes(obstore.get_range(self._store, name, start=start, length=length))
        except FileNotFoundError:
            raise _missing() from None
        except BaseError as error:
            raise _unanswered(error) from None

    def delete(self, name: str) -> None:
        try:
            obstore.delete(self._store, name)
        except FileNotFoundError:
            return
        except BaseError as error:
            raise _unanswered(error) from None

    def names(self, folder: str) -> Iterator[tuple[str, datetime]]:
        try:
            for page in obstore.list(self._store, folder):
                for found in page:
                    yield found["path"], found["last_modified"]
        except BaseError as error:
            raise _unanswered(error) from None


class _Counted:
    """Counts the bytes that pass."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self.size = pieces, 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.size += len(piece)
            yield piece


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"no name of a file: {name!r}")
    return name


def _keep_name(folder: Path) -> None:
    """A rename is durable once the folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _missing() -> PermanentError:
    return PermanentError(_("The file is not there any more."), reason="no_file")


def _unanswered(error: Exception) -> RetryableError:
    return RetryableError(
        _("The storage of files does not answer. Try again in a minute."), reason=type(error).__name__
    )
