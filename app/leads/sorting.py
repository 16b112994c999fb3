"""In which order the table stands: the newest lead first, or by a column. A page begins after a place, never at a
number."""

import base64
import binascii
import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from app.core.errors import InvalidInputError
from app.core.words import gettext as _

COLUMNS = ("name", "stage", "owner", "value", "activity", "arrival")
_LONGEST = 4_000


def parse(text: str) -> str:
    """A column, after a minus sign when the last comes first; empty for the newest first. Anything else is that too: an
    order is never worth an error."""
    return text if text.removeprefix("-") in COLUMNS and text != "-arrival" else ""


@dataclass(frozen=True)
class Place:
    """The last lead of a page: what it is ordered by, when it arrived, and its id."""

    key: str
    at: datetime
    id: uuid.UUID

    def token(self) -> str:
        text = json.dumps([self.key, self.at.isoformat(), str(self.id)])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, token: str, sort: str) -> "Place | None":
        """Raises InvalidInputError for what no page of this order gave out."""
        if not token:
            return None
        try:
            raw = base64.urlsafe_b64decode(token[:_LONGEST] + "=" * (-len(token) % 4))
            key, at, lead_id = json.loads(raw)
            place = cls(str(key), datetime.fromisoformat(at), uuid.UUID(lead_id))
            _check(place, sort.removeprefix("-"))
        except (ValueError, TypeError, binascii.Error, OverflowError, RecursionError):
            raise InvalidInputError(_("This page does not exist. Start again from the first page.")) from None
        return place


def _check(place: Place, column: str) -> None:
    """Raises ValueError where the database could not read the key."""
    if place.at.tzinfo is None or "\0" in place.key:
        raise ValueError("no place")
    place.key.encode()
    if column in ("stage", "owner") and place.key:
        uuid.UUID(place.key)
    elif column == "value" and not -(2**63) <= int(place.key) < 2**63:
        raise ValueError("no amount")
    elif column in ("activity", "arrival") and datetime.fromisoformat(place.key).tzinfo is None:
        raise ValueError("no moment")
