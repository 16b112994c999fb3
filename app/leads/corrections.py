"""Correcting what is known of a lead: name, e-mail address, phone number and value."""

import uuid
from dataclasses import dataclass, fields

from sqlalchemy.orm import Session

from app.core import events
from app.core.clock import utc_now
from app.core.events import Actor
from app.leads import contact
from app.leads.locking import lock
from app.leads.models import Lead


@dataclass(frozen=True)
class Details:
    """What a member may correct. Texts are clean already; the value is in minor units of the lead's
    currency."""

    name: str
    email: str
    phone: str
    value_minor: int | None


def correct(session: Session, lead_id: uuid.UUID, details: Details, *, version: int, region: str, actor: Actor) -> Lead:
    """Write the details and record lead.corrected with what each changed field said before and says now.

    Raises NotFoundError and ChangedMeanwhileError.
    """
    lead = lock(session, lead_id, version, frozen_too=True)
    changed = [field.name for field in fields(details) if getattr(lead, field.name) != getattr(details, field.name)]
    if not changed:
        return lead
    changes = {name: [getattr(lead, name), getattr(details, name)] for name in changed}
    for name in changed:
        setattr(lead, name, getattr(details, name))
    if "phone" in changed:
        lead.phone_e164 = contact.e164(details.phone, region)
    lead.updated_at = utc_now()
    session.flush()
    events.record(session, "lead.corrected", lead_id=lead.id, actor=actor, fields=changed, changes=changes)
    return lead
