"""One editor after the other: a lead is locked while it is changed, and the second of two editors is told."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import NotFoundError, PermanentError
from app.core.words import gettext as _
from app.leads.models import Lead


class ChangedMeanwhileError(PermanentError):
    """Somebody else changed the lead after this editor had opened it."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Somebody changed this lead while you were editing it. What you typed is still here: look at "
                "what the lead says now, then save again."
            ),
            reason="changed_meanwhile",
        )


class FrozenError(PermanentError):
    """The lead is frozen at the wish of the person it is about."""

    def __init__(self) -> None:
        super().__init__(
            _("This lead is frozen: it may be corrected and shown, and not worked on, until an admin lifts that."),
            reason="frozen",
        )


def lock(session: Session, lead_id: uuid.UUID, version: int | None = None, *, frozen_too: bool = False) -> Lead:
    """The lead as it is now, locked until the transaction ends.

    `version` is the one that the editor saw; none when the change depends on nothing that was seen. `frozen_too`: for
    what is allowed on a frozen lead. Raises NotFoundError, ChangedMeanwhileError and FrozenError.
    """
    statement = select(Lead).where(Lead.id == lead_id).with_for_update()
    lead = session.scalar(statement.execution_options(populate_existing=True))
    if lead is None:
        raise NotFoundError(_("There is no such lead."))
    if version is not None and version != lead.version:
        raise ChangedMeanwhileError
    if lead.restricted_at is not None and not frozen_too:
        raise FrozenError
    return lead
