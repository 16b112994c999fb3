"""What changed between two versions, word by word."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

_PIECES = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Piece:
    """Some words that stayed, came or went."""

    kind: Literal["same", "added", "removed"]
    text: str


def compare(before: str, now: str) -> Sequence[Piece]:
    """The pieces in reading order: what stayed and came gives the new text, what stayed and went the old one."""
    old, new = _PIECES.findall(before), _PIECES.findall(now)
    pieces: list[Piece] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[old_from:old_to])))
            continue
        if old_to > old_from:
            pieces.append(Piece("removed", "".join(old[old_from:old_to])))
        if new_to > new_from:
            pieces.append(Piece("added", "".join(new[new_from:new_to])))
    return pieces
