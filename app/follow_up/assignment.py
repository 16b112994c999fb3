"""Who answers for a lead."""

import uuid

from sqlalchemy.orm import Session

from app.core import events, tenancy
from app.core.clock import utc_now
from app.core.errors import NotFoundError
from app.core.events import Actor
from app.core.words import gettext as _
from app.follow_up import queries
from app.leads.locking import lock
from app.leads.models import Lead


def assign(
    session: Session, lead_id: uuid.UUID, user_id: uuid.UUID | None, *, actor: Actor, version: int | None = None
) -> Lead:
    """Give the lead to a member, or to nobody, and record lead.assigned; nothing happens when it is theirs already.

    Viewers cannot answer leads. Raises NotFoundError and ChangedMeanwhileError.
    """
    lead = lock(session, lead_id, version)
    if lead.owner_id == user_id:
        return lead
    names = {member.user_id: member.name for member in queries.members(session)}
    if user_id is not None and user_id not in names:
        raise NotFoundError(_("There is no such person in your team who can answer leads."))
    with tenancy.seeing_all(session):
        lead.owner_id = user_id
        lead.updated_at = utc_now()
        session.flush()
        given = {"user_id": str(user_id) if user_id else None, "name": names[user_id] if user_id else ""}
        events.record(session, "lead.assigned", lead_id=lead.id, actor=actor, **given)
    return lead
