"""A sealed file opens as it was written, and not at all when a byte, a frame or its end is missing or moved."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import sealed_files
from app.core.crypto import SealError
from app.core.sealed_files import SealedReader, SealingWriter, new_file_key, open_sealed

KEY = new_file_key()


def _sealed(pieces: list[bytes], owner: str = "x") -> bytes:
    target = io.BytesIO()
    writer = SealingWriter(target, KEY, owner)
    for piece in pieces:
        writer.write(piece)
    writer.close()
    return target.getvalue()


def _opened(content: bytes, owner: str = "x", key: str = KEY) -> bytes:
    return b"".join(open_sealed(io.BytesIO(content), key, owner))


@pytest.fixture(autouse=True)
def small_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_files, "_FRAME", 8)


@settings(max_examples=50)
@given(pieces=st.lists(st.binary(max_size=30)))
def test_it_opens_as_it_was(pieces: list[bytes]) -> None:
    assert _opened(_sealed(pieces)) == b"".join(pieces)


def test_nothing_opens_that_was_touched() -> None:
    whole = _sealed([b"0123456789abcdefXYZ"])
    frame = 4 + 8 + 16
    for cut in range(len(whole)):
        with pytest.raises(SealError):
            _opened(whole[:cut])
        with pytest.raises(SealError):
            _opened(whole[:cut] + bytes([whole[cut] ^ 1]) + whole[cut + 1 :])
    with pytest.raises(SealError):
        _opened(whole[frame : 2 * frame] + whole[:frame] + whole[2 * frame :])
    with pytest.raises(SealError):
        _opened(whole, owner="y")
    with pytest.raises(SealError):
        _opened(whole, key=new_file_key())


@settings(max_examples=50)
@given(content=st.binary(max_size=60), start=st.integers(0, 70), length=st.integers(0, 70))
def test_any_part_can_be_read(content: bytes, start: int, length: int) -> None:
    whole = b"".join(sealed_files.sealed_pieces([content[:5], content[5:]], KEY, "x"))
    reader = SealedReader(lambda at, most: whole[at : at + most], KEY, "x", len(content))
    reader.seek(start)
    assert io.BufferedReader(reader).read(length) == content[start : start + length]
    assert b"".join(reader.pieces()) == content


def test_no_part_opens_of_a_file_that_was_touched() -> None:
    content = b"0123456789abcdefXYZ"
    whole = _sealed([content])
    frame = 4 + 8 + 16

    def reading(changed: bytes, size: int = len(content)) -> bytes:
        return b"".join(SealedReader(lambda at, most: changed[at : at + most], KEY, "x", size).pieces())

    for damaged in (whole[:-1], whole[: 2 * frame], whole[frame : 2 * frame] + whole[:frame] + whole[2 * frame :]):
        with pytest.raises(SealError):
            reading(damaged)
    for size in (8, 16, 18, 20, 30):
        with pytest.raises(SealError):
            reading(whole, size)
