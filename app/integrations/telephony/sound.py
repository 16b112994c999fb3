"""What a recording sounds like from afar: whether it is sound that browsers play, and how loud it is along the way."""

from array import array
from typing import Any

import miniaudio

from app.core.sealed_files import SealedReader

PARTS = 200
_RATE = 8_000
_STEP = 800
"""Samples of which the loudest counts: a tenth of a second."""
_LOUDEST = 32_768


def media_type(beginning: bytes) -> str:
    """`audio/wav` or `audio/mpeg` by the first bytes, whatever the other side calls it; empty for anything else."""
    if beginning[:4] == b"RIFF" and beginning[8:12] == b"WAVE":
        return "audio/wav"
    is_frame = len(beginning) > 1 and beginning[0] == 0xFF and beginning[1] & 0xE6 in (0xE2, 0xE4)
    return "audio/mpeg" if beginning[:3] == b"ID3" or is_frame else ""


def peaks(reader: SealedReader, kind: str) -> bytes:
    """The loudest moment of each of up to 200 equal parts, 255 at most; empty when the sound cannot be read. Holds
    ten numbers for each second, and nothing else."""
    source, loudest = _Source(reader), bytearray()
    form = miniaudio.FileFormat.WAV if kind == "audio/wav" else miniaudio.FileFormat.MP3
    try:
        sound = miniaudio.stream_any(
            source, form, output_format=miniaudio.SampleFormat.SIGNED16, nchannels=1, sample_rate=_RATE,
            frames_to_read=_STEP,
        )  # fmt: skip
        for samples in sound:
            loudest.append(_loudness(samples))
    except miniaudio.MiniaudioError:
        return b""
    return _summed_up(bytes(loudest))


def _loudness(samples: "array[int]") -> int:
    return min(255, max(max(samples, default=0), -min(samples, default=0)) * 256 // _LOUDEST)


def _summed_up(loudest: bytes) -> bytes:
    parts = min(PARTS, len(loudest))
    return bytes(max(loudest[n * len(loudest) // parts : (n + 1) * len(loudest) // parts]) for n in range(parts))


class _Source(miniaudio.StreamableSource):  # type: ignore[misc] # the package has no types
    """A reader as the decoder asks of it."""

    def __init__(self, reader: SealedReader) -> None:
        self._reader = reader

    def read(self, num_bytes: int) -> bytes:
        parts: list[bytes] = []
        while num_bytes > 0 and (part := self._reader.read(num_bytes)):
            parts.append(part)
            num_bytes -= len(part)
        return b"".join(parts)

    def seek(self, offset: int, origin: Any) -> bool:
        self._reader.seek(offset, 1 if origin == miniaudio.SeekOrigin.CURRENT else 0)
        return True
