"""What the pages about erased leads read."""

from collections.abc import Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.core.pagination import PAGE_SIZE, Position
from app.subjects.models import Erasure


def erasures(session: Session, after: Position | None) -> tuple[Sequence[Erasure], Position | None]:
    """A page of erasures, the newest first, and where the next one starts."""
    statement = select(Erasure).order_by(Erasure.erased_at.desc(), Erasure.id.desc()).limit(PAGE_SIZE + 1)
    if after is not None:
        statement = statement.where(tuple_(Erasure.erased_at, Erasure.id) < (after.at, after.id))
    rows = session.scalars(statement).all()
    shown = rows[:PAGE_SIZE]
    return shown, Position(shown[-1].erased_at, shown[-1].id) if len(rows) > PAGE_SIZE else None
