"""Reading single values of a message: bounded, and never failing on what a stranger may send."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from app.core.clock import utc_now
from app.core.errors import InvalidInputError

_MOST_CHARACTERS = 2_000
_LONGEST_CALL = 86_400
_FARTHEST = timedelta(days=400)


def line(value: object, most: int = 200) -> str:
    """The value on one line, without what cannot be printed; empty for anything but text and numbers."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return " ".join("".join(c for c in str(value)[:_MOST_CHARACTERS] if c.isprintable()).split())[:most]


def paragraphs(value: object, most: int = 100_000) -> str:
    """A text of many lines, without what cannot be printed."""
    if not isinstance(value, str):
        return ""
    return "".join(c for c in value[:most] if c.isprintable() or c == "\n").strip()


def seconds(value: object) -> int | None:
    """How long a call took, from "42" or 42; none for anything else."""
    digits = line(value, 12)
    return min(int(digits), _LONGEST_CALL) if digits.isascii() and digits.isdigit() else None


def instant(value: object) -> datetime | None:
    """The time in an ISO 8601 or mail date that names its zone; none for anything else, and for what is no time of a
    call: some systems say "unknown" with the year 1."""
    said = line(value, 60)
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = read(said)
            return at.astimezone(UTC) if at.tzinfo and abs(at - utc_now()) <= _FARTHEST else None
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def json_object(body: bytes) -> Mapping[str, Any]:
    """Raises InvalidInputError when the body is not one JSON object."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise InvalidInputError("The body is not a JSON object.", reason="malformed")
    return value
