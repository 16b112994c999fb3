"""Pages of the security log, the newest entry first."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.core.errors import InvalidInputError, NotFoundError
from app.core.words import gettext as _
from app.journal.models import SecurityEntry
from app.security.words import GROUPS

PAGE = 50
MOST_IN_FILE = 50_000


class Line(NamedTuple):
    """An entry as it is shown."""

    id: uuid.UUID
    at: datetime
    kind: str
    user_name: str
    ip_address: str
    user_agent: str
    lead_id: uuid.UUID | None


@dataclass(frozen=True)
class Asked:
    """Which entries: of a group, of one person, and older than an entry."""

    group: str = ""
    user_id: uuid.UUID | None = None
    before: uuid.UUID | None = None

    @classmethod
    def of(cls, group: str, before: str, user_id: uuid.UUID | None = None) -> "Asked":
        """Raises NotFoundError for an unknown group, InvalidInputError for a broken address."""
        if group and group not in GROUPS:
            raise NotFoundError(_("There is no such group."))
        try:
            return cls(group, user_id, uuid.UUID(before) if before else None)
        except ValueError:
            raise InvalidInputError(_("This page address is not complete. Start again from the first page.")) from None


def page(session: Session, asked: Asked) -> tuple[list[Line], uuid.UUID | None]:
    """Up to PAGE entries, and the last one's id when there are older ones."""
    rows = [Line._make(row) for row in session.execute(_statement(asked).limit(PAGE + 1))]
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def lines(session: Session, asked: Asked) -> Iterator[Line]:
    """All of them, up to MOST_IN_FILE."""
    found = session.execute(_statement(asked).limit(MOST_IN_FILE))
    return (Line._make(row) for row in found)


def _statement(asked: Asked) -> Select[Any]:
    statement = select(*(getattr(SecurityEntry, name) for name in Line._fields)).order_by(SecurityEntry.id.desc())
    if asked.group:
        statement = statement.where(SecurityEntry.kind.in_(GROUPS[asked.group][1]))
    if asked.user_id:
        statement = statement.where(SecurityEntry.user_id == asked.user_id)
    if asked.before:
        statement = statement.where(SecurityEntry.id < asked.before)
    return statement
