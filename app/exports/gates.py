"""What no ORM statement asks: the export that is due, archives whose days are over, files that are wanted, and rows of
whatever table the data map names."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, Table, select, text
from sqlalchemy.orm import Session

from app.core.tenancy import company_of

_CLAIM = text("SELECT company_id, export_id, claim, attempts FROM claim_export(:lease)")
_ENDS = text("SELECT company_id, export_id FROM due_export_ends(:most)")
_WANTED = text("SELECT file_name FROM wanted_export_files()")


@dataclass(frozen=True)
class Claimed:
    """An export that this worker makes; every write names the claim."""

    company_id: uuid.UUID
    export_id: uuid.UUID
    claim: int
    attempts: int


def claim(session: Session, lease: timedelta) -> Claimed | None:
    """The export that has been due the longest, claimed. Commit before acting on it."""
    row = session.execute(_CLAIM, {"lease": lease}).one_or_none()
    return Claimed(*row) if row else None


def due_ends(session: Session, most: int) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """(company id, export id) of ready archives whose days are over."""
    return [(row.company_id, row.export_id) for row in session.execute(_ENDS, {"most": most})]


def wanted_files(session: Session) -> set[str]:
    """Names in the folder of archives that some row answers for."""
    return set(session.scalars(_WANTED))


def rows_where(
    session: Session, table: Table, columns: Sequence[Column[Any]], person: Column[Any], value: uuid.UUID, *, most: int
) -> list[dict[str, Any]]:
    """Rows of any table that name this person, in the served company; as row-level security sees to too."""
    statement = select(*columns).where(person == value).limit(most)
    if "company_id" in table.c:
        statement = statement.where(table.c.company_id == company_of(session))
    return [dict(row) for row in session.execute(statement).mappings()]
