"""Keyset pages: a page starts after the last row of the one before, so page 1,000 costs what page 1 costs."""

import base64
import binascii
import uuid
from dataclasses import dataclass
from datetime import datetime

from app.core.errors import InvalidInputError
from app.core.words import gettext as _

PAGE_SIZE = 50


@dataclass(frozen=True)
class Position:
    """A place in a list that is sorted by time and id, both descending."""

    at: datetime
    id: uuid.UUID

    def token(self) -> str:
        """The position as it stands in an address."""
        return base64.urlsafe_b64encode(f"{self.at.isoformat()}|{self.id}".encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, token: str) -> "Position | None":
        """The position in a token, none for an empty one. Raises InvalidInputError for anything else."""
        if not token:
            return None
        try:
            text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
            at, _bar, row_id = text.partition("|")
            position = cls(datetime.fromisoformat(at), uuid.UUID(row_id))
        except (ValueError, binascii.Error):
            raise InvalidInputError(_("This page address is not complete. Start again from the first page.")) from None
        if position.at.tzinfo is None:
            raise InvalidInputError(_("This page address is not complete. Start again from the first page."))
        return position
