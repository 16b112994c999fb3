"""Opening an archive that somebody hands in: nothing in it is believed before the signature was checked.

The signed manifest says which files there are and how long each is; whatever is not in it, is longer, or differs, is
refused. So no file can unpack to more than Leader once packed, and no name from the archive is used as a path.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from app.core.errors import PermanentError
from app.core.signing import is_signed
from app.core.words import gettext as _
from app.exports.archive import FORMAT, MANIFEST, PURPOSE, SIGNATURE, VERSION

_MOST_MANIFEST = 4 << 20
_MOST_SIGNATURE = 1 << 10
_MOST_ENTRIES = 100_000
_PIECE = 1 << 16
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError, KeyError)
"""What zipfile raises for archives that are none, are damaged, or want a password."""


class ArchiveError(PermanentError):
    """The archive is not what Leader made; the sentence says in which way."""


@dataclass(frozen=True)
class Manifest:
    """What a signed manifest says."""

    company_name: str
    made_at: str
    tables: dict[str, int]
    """Rows of each table."""
    files: dict[str, tuple[int, str]]
    """Length and SHA-256 of each file."""


def read_manifest(document: bytes, signature: bytes, public_key: str) -> Manifest:
    """Raises ArchiveError unless this installation signed just these bytes."""
    if not is_signed(PURPOSE, document, signature.decode("ascii", "replace"), public_key):
        raise ArchiveError(_("The signature does not fit: this was changed, or another Leader made it."))
    said: dict[str, Any] = json.loads(document)
    if said["format"] != FORMAT or said["version"] != VERSION:
        raise ArchiveError(_("This archive is of a kind that this Leader does not know."))
    return Manifest(
        company_name=said["company"]["name"],
        made_at=said["made_at"],
        tables={name: table["rows"] for name, table in said["tables"].items()},
        files={entry["name"]: (entry["bytes"], entry["sha256"]) for entry in said["files"]},
    )


class ArchiveReader:
    """An archive whose signature fits. Its files are checked as they are read."""

    def __init__(self, file: IO[bytes], public_key: str) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
            names = self._zip.namelist()
        except _BROKEN:
            raise ArchiveError(_("This is not a ZIP archive, or it is damaged.")) from None
        if len(names) > _MOST_ENTRIES:
            raise ArchiveError(_("This archive holds more files than Leader ever packs."))
        document, signature = self._small(MANIFEST, _MOST_MANIFEST), self._small(SIGNATURE, _MOST_SIGNATURE)
        self.manifest = read_manifest(document, signature, public_key)
        if sorted(names) != sorted([*self.manifest.files, MANIFEST, SIGNATURE]):
            raise ArchiveError(_("Files were added to this archive, or are missing."))

    def check(self) -> None:
        """Read every file to its end. Raises ArchiveError at the first that differs."""
        for name in self.manifest.files:
            for _piece in self.pieces(name):
                pass

    def pieces(self, name: str) -> Iterator[bytes]:
        """The content of a listed file. Raises ArchiveError when it is longer, shorter or other than it was."""
        left, expected = self.manifest.files[name]
        digest = hashlib.sha256()
        for piece in self._read(name):
            left -= len(piece)
            if left < 0:
                break
            digest.update(piece)
            yield piece
        if left != 0 or digest.hexdigest() != expected:
            raise ArchiveError(_("%(name)s is not as Leader packed it.", name=name))

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a listed file, without their ends."""
        rest = b""
        for piece in self.pieces(name):
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
        if rest:
            yield rest

    def _small(self, name: str, most: int) -> bytes:
        content = b""
        for piece in self._read(name):
            content += piece
            if len(content) > most:
                break
        if not content or len(content) > most:
            raise ArchiveError(_("This archive has no manifest of Leader's."))
        return content

    def _read(self, name: str) -> Iterator[bytes]:
        try:
            with self._zip.open(name) as member:
                while piece := member.read(_PIECE):
                    yield piece
        except KeyError:
            raise ArchiveError(_("This archive has no manifest of Leader's.")) from None
        except _BROKEN:
            raise ArchiveError(_("This is not a ZIP archive, or it is damaged.")) from None
