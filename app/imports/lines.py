"""How the lines of a piece are kept: a JSON list of [number, cells], with the reason behind it once it was refused."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple


class Waiting(NamedTuple):
    """A line as it was read; `number` is that of the file."""

    number: int
    cells: list[str]


class Refused(NamedTuple):
    """A line that no lead was made of, and why."""

    number: int
    cells: list[str]
    reason: str


def pack(lines: Iterable[Sequence[Any]]) -> bytes:
    return json.dumps(list(lines), ensure_ascii=False, separators=(",", ":")).encode()


def unpack(body: bytes) -> list[list[Any]]:
    lines: list[list[Any]] = json.loads(body)
    return lines
