"""The archive: a ZIP that is written front to back, and its signed manifest.

README.txt · index.html (opens without network) · data/<table>.csv and .jsonl · files/… · manifest.json ·
manifest.sig. The manifest lists every other file with its length, SHA-256 and rows; the signature is over its bytes.
"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import IO, Any

from isal import isal_zlib

from app.core.signing import Signer
from app.exports import files, page, schema
from app.exports.bulk import Snapshot
from app.exports.contents import Sheet, sheets

FORMAT = "leader-archive"
VERSION = 1
PURPOSE = "export archive"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
_EPOCH = (1980, 1, 1, 0, 0, 0)


class CountError(Exception):
    """A file came out with another number of rows than its table has: the archive must not be handed out."""


@dataclass(frozen=True)
class Entry:
    """One file of the archive, as the manifest lists it."""

    name: str
    bytes: int
    sha256: str
    rows: int | None = None


@dataclass
class Archive:
    """Writes the parts in their order. `sink` needs `write` and `flush` only."""

    sink: IO[bytes]
    snapshot: Snapshot
    signer: Signer
    progress: Callable[[int, int], None]
    """Told (rows done, rows in all), now and then."""
    entries: list[Entry] = field(default_factory=list)
    _done: int = 0
    _total: int = 0

    def write(self, company: dict[str, str], export_id: str, at: datetime) -> None:
        """The whole archive. `company` has its id and name."""
        counts = [(sheet, self.snapshot.count(sheet)) for sheet in sheets()]
        self._total = 2 * sum(count for _, count in counts)
        with zipfile.ZipFile(self.sink, "w", zipfile.ZIP_DEFLATED) as target:
            self._add(target, "README.txt", [schema.readme(counts, company["name"], at).encode()])
            self._add(target, "index.html", page.pieces(self.snapshot, counts, company["name"], at))
            for sheet, count in counts:
                self._add_rows(target, f"data/{sheet.name}.csv", self.snapshot.csv(sheet), count)
                self._add_rows(target, f"data/{sheet.name}.jsonl", self.snapshot.json_lines(sheet), count)
            for name, content in files.all_files(self.snapshot.session):
                self._add(target, name, content)
            manifest = self._manifest(company, export_id, at, counts)
            self._add(target, MANIFEST, [manifest])
            self._add(target, SIGNATURE, [self.signer.sign(PURPOSE, manifest).encode()])

    def _add(self, target: zipfile.ZipFile, name: str, content: Iterable[bytes], rows: int | None = None) -> None:
        digest, size = hashlib.sha256(), 0
        about = zipfile.ZipInfo(name, _EPOCH)
        about.compress_type, about.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
        with target.open(about, "w", force_zip64=True) as member:
            # The standard library offers no choice of compressor; ISA-L's is five times as fast.
            member._compressor = isal_zlib.compressobj(1, isal_zlib.DEFLATED, -15)  # type: ignore[attr-defined]
            for piece in content:
                digest.update(piece)
                size += len(piece)
                member.write(piece)
        self.entries.append(Entry(name, size, digest.hexdigest(), rows))

    def _add_rows(self, target: zipfile.ZipFile, name: str, pieces: Iterable[tuple[bytes, int]], count: int) -> None:
        before = self._done
        self._add(target, name, self._counted(pieces), count)
        if self._done - before != count:
            raise CountError(name)

    def _counted(self, pieces: Iterable[tuple[bytes, int]]) -> Iterator[bytes]:
        for piece, rows in pieces:
            yield piece
            self._done += rows
            self.progress(self._done, self._total)

    def _manifest(
        self, company: dict[str, str], export_id: str, at: datetime, counts: list[tuple[Sheet, int]]
    ) -> bytes:
        document: dict[str, Any] = {
            "format": FORMAT,
            "version": VERSION,
            "export": export_id,
            "company": company,
            "made_at": at.isoformat(),
            "tables": {
                sheet.name: {"rows": count, "columns": [column.name for column in sheet.columns]}
                for sheet, count in counts
            },
            "files": [asdict(entry) for entry in self.entries],
            "key": {"id": self.signer.key_id, "public": self.signer.public_key},
        }
        return json.dumps(document, indent=1, ensure_ascii=False).encode()
