"""Freezing a lead: it is kept and shown, and neither worked on nor reported, until somebody lifts that.

For people who dispute what is held, or object to its use, while that is looked into. Correcting stays possible.
"""

import uuid

from sqlalchemy.orm import Session

from app.conversions import outbox
from app.core import events
from app.core.clock import utc_now
from app.core.events import Actor
from app.leads.locking import lock
from app.leads.models import Lead


def restrict(session: Session, lead_id: uuid.UUID, *, actor: Actor) -> Lead:
    """Freeze the lead and cancel what waits to be sent. Freezing twice is freezing. Raises
    NotFoundError."""
    lead = lock(session, lead_id, frozen_too=True)
    if lead.restricted_at is None:
        lead.restricted_at = utc_now()
        session.flush()
        outbox.stop_lead(session, lead_id, reason="RESTRICTED")
        events.record(session, "lead.restricted", lead_id=lead_id, actor=actor)
    return lead


def lift(session: Session, lead_id: uuid.UUID, *, actor: Actor) -> Lead:
    """Let the lead be worked on again. What was cancelled stays so. Raises NotFoundError."""
    lead = lock(session, lead_id, frozen_too=True)
    if lead.restricted_at is not None:
        lead.restricted_at = None
        session.flush()
        events.record(session, "lead.released", lead_id=lead_id, actor=actor)
    return lead
