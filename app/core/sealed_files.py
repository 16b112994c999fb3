"""Files at rest, sealed piece by piece, so that neither writing nor reading holds a whole file in memory.

A file is a row of frames: four bytes of length, then AES-256-GCM of up to a mebibyte. A frame is bound to the file's
owner, to its place in the row and to being the last or not; so a frame that is missing, moved, or another file's opens
nothing, and neither does a file that was cut off.
"""

import base64
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.core.crypto import SealError

_FRAME = 1 << 20
_TAG = 16


def new_file_key() -> str:
    """A key for one file: to be sealed by the company's box before it is stored."""
    return base64.b64encode(AESGCM.generate_key(256)).decode()


class SealingWriter:
    """A binary file that can only be written, front to back. `close` writes the last frame; `target` stays open."""

    def __init__(self, target: IO[bytes], key: str, owner: str) -> None:
        self._target, self._frames = target, _Frames(key, owner)
        self._waiting = bytearray()
        self.size = 0
        """How many bytes were written, as they will be read again."""

    def write(self, data: bytes | bytearray | memoryview) -> int:
        self._waiting += data
        self.size += len(data)
        while len(self._waiting) > _FRAME:
            self._put(bytes(self._waiting[:_FRAME]), is_last=False)
            del self._waiting[:_FRAME]
        return len(data)

    def flush(self) -> None:
        """Frames leave when they are full."""

    def close(self) -> None:
        self._put(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _put(self, content: bytes, *, is_last: bool) -> None:
        sealed = self._frames.seal(content, is_last)
        self._target.write(len(sealed).to_bytes(4) + sealed)


def open_sealed(source: IO[bytes], key: str, owner: str) -> Iterator[bytes]:
    """The content in pieces. Raises SealError as soon as a frame does not open or the end is missing."""
    frames = _Frames(key, owner)
    head = source.read(4)
    while head:
        length = int.from_bytes(head)
        if length > _FRAME + _TAG:
            raise SealError
        sealed, head = source.read(length), source.read(4)
        if len(sealed) != length:
            raise SealError
        yield frames.open(sealed, is_last=not head)
    if not frames.count:
        raise SealError


class _Frames:
    """Counts the frames of one file. A key serves one file, so a counter is nonce enough."""

    def __init__(self, key: str, owner: str) -> None:
        self._cipher, self._owner, self.count = AESGCM(base64.b64decode(key)), owner.encode(), 0

    def seal(self, content: bytes, is_last: bool) -> bytes:
        return self._cipher.encrypt(self._nonce(), content, self._bond(is_last))

    def open(self, sealed: bytes, is_last: bool) -> bytes:
        try:
            return self._cipher.decrypt(self._nonce(), sealed, self._bond(is_last))
        except (InvalidTag, ValueError):
            raise SealError from None

    def _nonce(self) -> bytes:
        self.count += 1
        return self.count.to_bytes(12)

    def _bond(self, is_last: bool) -> bytes:
        return self._owner + (b"\0last" if is_last else b"\0more")
