"""One editor after the other: a lead is locked while it is changed, and the second of two editors is told."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import NotFoundError, PermanentError
from app.leads.models import Lead


class ChangedMeanwhileError(PermanentError):
    """Somebody else changed the lead after this editor had opened it."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody changed this lead while you were editing it. What you typed is still here: look at "
            "what the lead says now, then save again.",
            reason="changed_meanwhile",
        )


def lock(session: Session, lead_id: uuid.UUID, version: int | None = None) -> Lead:
    """The lead as it is now, locked until the transaction ends.

    `version` is the one that the editor saw; none when the change depends on nothing that was seen. Raises
    NotFoundError and ChangedMeanwhileError.
    """
    statement = select(Lead).where(Lead.id == lead_id).with_for_update()
    lead = session.scalar(statement.execution_options(populate_existing=True))
    if lead is None:
        raise NotFoundError("There is no such lead.")
    if version is not None and version != lead.version:
        raise ChangedMeanwhileError
    return lead
