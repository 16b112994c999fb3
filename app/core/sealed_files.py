"""Files at rest, sealed piece by piece, so that neither writing nor reading holds a whole file in memory.

A file is a row of frames: four bytes of length, then AES-256-GCM of up to 256 KiB. A frame is bound to the file's
owner, to its place in the row and to being the last or not; so a frame that is missing, moved, or another file's opens
nothing, and neither does a file that was cut off.
"""

import base64
import io
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.core.crypto import SealError

_FRAME = 1 << 18
"""Small enough to stay in the processor's cache, which doubles the speed, and for a seek to cost little."""
_LONGEST = 1 << 20
"""So long were frames before; files that were sealed then still open from front to back."""
_HEAD, _TAG = 4, 16


def new_file_key() -> str:
    """A key for one file: to be sealed by the company's box before it is stored."""
    return base64.b64encode(AESGCM.generate_key(256)).decode()


class SealingWriter:
    """A binary file that can only be written, front to back. `close` writes the last frame; `target` stays open."""

    def __init__(self, target: IO[bytes], key: str, owner: str) -> None:
        self._target, self._cipher, self._count = target, _Cipher(key, owner), 0
        self._waiting, self._waits = bytearray(_FRAME), 0
        self.size = 0
        """How many bytes were written, as they will be read again."""

    def write(self, data: bytes | bytearray | memoryview) -> int:
        rest = memoryview(data).cast("B")
        self.size += len(rest)
        while rest:
            if self._waits == _FRAME:  # more follows, so this frame is not the last one
                self._put(is_last=False)
            part = rest[: _FRAME - self._waits]
            self._waiting[self._waits : self._waits + len(part)] = part
            self._waits += len(part)
            rest = rest[len(part) :]
        return len(data)

    def flush(self) -> None:
        """Frames leave when they are full."""

    def close(self) -> None:
        self._put(is_last=True)

    def _put(self, *, is_last: bool) -> None:
        self._count += 1
        sealed = self._cipher.seal(self._count, memoryview(self._waiting)[: self._waits], is_last=is_last)
        self._target.write(len(sealed).to_bytes(_HEAD))
        self._target.write(sealed)
        self._waits = 0


def sealed_pieces(pieces: Iterable[bytes], key: str, owner: str) -> Iterator[bytes]:
    """The sealed bytes of a file with this content."""
    sink = _Sink()
    writer = SealingWriter(cast("IO[bytes]", sink), key, owner)
    for piece in pieces:
        writer.write(piece)
        yield from sink.taken()
    writer.close()
    yield from sink.taken()


def open_sealed(source: IO[bytes], key: str, owner: str) -> Iterator[bytes]:
    """The content in pieces. Raises SealError as soon as a frame does not open or the end is missing."""
    cipher, count = _Cipher(key, owner), 0
    head = source.read(_HEAD)
    while head:
        length = int.from_bytes(head)
        if length > _LONGEST + _TAG:
            raise SealError
        sealed, head = source.read(length), source.read(_HEAD)
        if len(sealed) != length:
            raise SealError
        count += 1
        yield cipher.open(count, sealed, is_last=not head)
    if not count:
        raise SealError


class SealedReader(io.RawIOBase):
    """The content as a file in which one can seek: a read opens no more than the frames that it touches.

    `read_at(start, length)` reads the sealed bytes; `size` is the length of the content, so that a file that was cut
    off does not pass for a shorter one. Reading raises SealError where a frame does not open.
    """

    def __init__(self, read_at: Callable[[int, int], bytes], key: str, owner: str, size: int) -> None:
        super().__init__()
        self._read_at, self._cipher, self._size = read_at, _Cipher(key, owner), size
        self._at, self._frame, self._plain = 0, -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, target: Any) -> int:
        if self._at >= self._size:
            return 0
        place = self._at % _FRAME
        part = memoryview(self._opened(self._at // _FRAME))[place : place + len(target)]
        target[: len(part)] = part
        self._at += len(part)
        return len(part)

    def pieces(self) -> Iterator[bytes]:
        """All of the content, a frame at a time."""
        for frame in range(-(-self._size // _FRAME)):
            yield self._opened(frame)

    def _opened(self, frame: int) -> bytes:
        if frame != self._frame:
            last = (self._size - 1) // _FRAME
            length = (self._size - last * _FRAME if frame == last else _FRAME) + _TAG
            sealed = self._read_at(frame * (_HEAD + _FRAME + _TAG) + _HEAD, length)
            if len(sealed) != length:
                raise SealError
            self._plain, self._frame = self._cipher.open(frame + 1, sealed, is_last=frame == last), frame
        return self._plain


class _Sink:
    """Takes what is written until it is fetched."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.write = self._parts.append

    def taken(self) -> Iterator[bytes]:
        yield from self._parts
        self._parts.clear()


class _Cipher:
    """Frames of one file, numbered from one. A key serves one file, so the number is nonce enough."""

    def __init__(self, key: str, owner: str) -> None:
        self._cipher, self._owner = AESGCM(base64.b64decode(key)), owner.encode()

    def seal(self, number: int, content: memoryview, *, is_last: bool) -> bytes:
        return self._cipher.encrypt(number.to_bytes(12), content, self._bond(is_last))

    def open(self, number: int, sealed: bytes, *, is_last: bool) -> bytes:
        try:
            return self._cipher.decrypt(number.to_bytes(12), sealed, self._bond(is_last))
        except (InvalidTag, ValueError):
            raise SealError from None

    def _bond(self, is_last: bool) -> bytes:
        return self._owner + (b"\0last" if is_last else b"\0more")
