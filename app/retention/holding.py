"""Holding a lead: it stays, whatever the rule says, until somebody lets it go."""

import uuid

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core import events
from app.core.events import Actor
from app.leads.locking import lock
from app.retention.models import LeadHold


def hold(session: Session, lead_id: uuid.UUID, *, actor: Actor) -> None:
    """Nothing when it is held already. Raises NotFoundError."""
    lock(session, lead_id)
    if session.scalar(select(LeadHold.id).where(LeadHold.lead_id == lead_id)) is None:
        session.add(LeadHold(lead_id=lead_id, held_by_name=actor.name))
        session.flush()
        events.record(session, "lead.held", lead_id=lead_id, actor=actor)


def let_go(session: Session, lead_id: uuid.UUID, *, actor: Actor) -> None:
    """The rule holds again for the lead. Raises NotFoundError."""
    lock(session, lead_id)
    session.execute(delete(LeadHold).where(LeadHold.lead_id == lead_id))
    events.record(session, "lead.let_go", lead_id=lead_id, actor=actor)
