"""The chain of a receipt: each entry carries a hash over itself and the hash before it.

Nothing can be changed, left out or put in between afterwards without the chain breaking there; the product's database
role cannot change entries at all. `hash_entry` is the rule, for good: receipts that exist were made by it.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol


class Entry(Protocol):
    """What is hashed of an entry."""

    upload_id: Any
    position: Any
    kind: Any
    data: Any
    at: Any
    hash: Any


def hash_entry(
    before: bytes, *, upload_id: uuid.UUID, position: int, kind: str, data: dict[str, Any], at: datetime
) -> bytes:
    """SHA-256 over the hash before (empty for the first) and the entry as canonical JSON."""
    told = [str(upload_id), position, kind, data, at.timestamp()]
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(before + text.encode()).digest()


def first_break(entries: Iterable[Entry]) -> int | None:
    """The position of the first entry that does not fit, None when the chain is whole. The oldest entry first."""
    before, expected = b"", 1
    for entry in entries:
        wanted = hash_entry(
            before, upload_id=entry.upload_id, position=expected, kind=entry.kind, data=entry.data, at=entry.at
        )
        if entry.position != expected or entry.hash != wanted:
            return expected
        before, expected = wanted, expected + 1
    return None
