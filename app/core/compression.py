"""Fewer bytes on the line: pages are packed as they are made, static files once for each version of them.

Packing a page tells its size, and a page holds the CSRF token beside words that a stranger may choose (the BREACH
attack guesses a secret by watching sizes). Two things stand against that: the token is masked anew with random bytes
in every page (`form_cookie.mask`), so there is nothing constant to guess, and a random number of bytes in the gzip
header blurs the size.
"""

import contextlib
import gzip
import os
import re
import secrets
import shutil
import struct
import tempfile
from pathlib import Path

import brotli
from flask import Flask, Response, request
from isal import isal_zlib

SMALLEST = 1_000
"""Bytes. Below that the header of the packing and the work are not worth it."""

_PAGES = frozenset({"text/html", "text/plain", "application/json", "text/csv"})
_FILES = frozenset({".css", ".js", ".svg"})
_REMARKS = {".css": re.compile(rb"/\*.*?\*/\s*", re.DOTALL), ".js": re.compile(rb"^\s*//.*\n", re.MULTILINE)}
_MOST_BLUR = 64
_FILE_HAS_A_NAME = 8


def install(app: Flask) -> None:
    """Pack what the views answer."""
    app.after_request(_pack_page)


def _pack_page(response: Response) -> Response:
    if (
        response.mimetype not in _PAGES
        or response.is_streamed
        or response.direct_passthrough
        or "Content-Encoding" in response.headers
        or not request.accept_encodings.quality("gzip")
    ):
        return response
    plain = response.get_data()
    if len(plain) >= SMALLEST:
        response.set_data(pack(plain))
        response.headers["Content-Encoding"] = "gzip"
    return response


def pack(plain: bytes) -> bytes:
    """The bytes as gzip, its header longer by a random name."""
    name = secrets.token_hex(_MOST_BLUR // 2)[: secrets.randbelow(_MOST_BLUR)].encode() + b"\0"
    header = struct.pack("<4B4x2B", 0x1F, 0x8B, 8, _FILE_HAS_A_NAME, 0, 255) + name
    body = isal_zlib.compressobj(1, isal_zlib.DEFLATED, -15)
    return b"".join(
        (header, body.compress(plain), body.flush(), struct.pack("<2L", isal_zlib.crc32(plain), len(plain) % 2**32))
    )


def packed_copy(static: Path, version: str, data_dir: Path) -> Path:
    """A folder with the static files of this version and their packed forms beside them, made by whoever comes first.

    Where it cannot be written, the files are served as they are.
    """
    target = data_dir / "static" / version
    if target.is_dir():
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".making-", dir=target.parent))
    except OSError:
        return static
    with contextlib.suppress(OSError):  # another process was quicker, or the disk is full
        shutil.copytree(static, work, dirs_exist_ok=True)
        _pack_files(work)
        work.chmod(0o755)
        os.rename(work, target)
    shutil.rmtree(work, ignore_errors=True)
    return target if target.is_dir() else static


def _pack_files(folder: Path) -> None:
    """The forms that WhiteNoise looks for, where they are smaller. What our files say to their readers stays at home;
    others' files are served as they came, with their licences."""
    for path in folder.rglob("*"):
        if path.suffix not in _FILES:
            continue
        plain = path.read_bytes()
        if path.suffix in _REMARKS and "vendor" not in path.relative_to(folder).parts:
            plain = _REMARKS[path.suffix].sub(b"", plain)
            path.write_bytes(plain)
        for suffix, packed in ((".br", brotli.compress(plain)), (".gz", gzip.compress(plain, mtime=0))):
            if len(packed) < len(plain):
                path.with_name(path.name + suffix).write_bytes(packed)
