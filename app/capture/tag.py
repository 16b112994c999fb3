"""The tag: one small script for the shop's own website, packed once for each process."""

import functools
import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

MAX_AGE_SECONDS = 3_600
"""Short: its address stands in other people's pages and cannot change with its content."""


@dataclass(frozen=True)
class Tag:
    plain: bytes
    packed: bytes
    etag: str


@functools.cache
def load(static_folder: str) -> Tag:
    """The script of static/t.js, as it is and packed with gzip."""
    plain = (Path(static_folder) / "t.js").read_bytes()
    return Tag(plain, gzip.compress(plain, mtime=0), hashlib.sha256(plain).hexdigest()[:16])
