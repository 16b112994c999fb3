"""Adding a lead by hand: somebody called, came by, or was recommended."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core import events, tenancy
from app.core.clock import utc_now
from app.core.errors import InvalidInputError
from app.core.events import Actor
from app.core.ids import new_id
from app.core.words import gettext as _
from app.fields.values import Answer
from app.leads import contact, custom, queries
from app.leads.corrections import Details
from app.leads.models import Lead

CHANNEL = "Offline"
WAYS = ("phone", "visit", "recommendation", "e-mail", "other")


@dataclass(frozen=True)
class Told:
    """What the member knows. Texts are clean already."""

    details: Details
    way: str
    message: str


def way_words() -> dict[str, str]:
    """How the lead came, in the words that stand as its source."""
    return {
        "phone": _("Called"),
        "visit": _("Came by"),
        "recommendation": _("Was recommended"),
        "e-mail": _("Wrote an e-mail"),
        "other": _("Another way"),
    }


def add(
    session: Session,
    told: Told,
    *,
    region: str,
    currency: str,
    actor: Actor,
    answers: Mapping[uuid.UUID, Answer] | None = None,
) -> Lead:
    """Make the lead, with what the company's own fields say of it, and record lead.arrived.

    Raises InvalidInputError when there is no way to tell who it is.
    """
    details = told.details
    if told.way not in WAYS:
        raise InvalidInputError(_("Choose how the lead came."))
    if not (details.name or details.email or details.phone):
        raise InvalidInputError(_("Enter a name, an e-mail address or a phone number."))
    now = utc_now()
    lead = Lead(
        id=new_id(),
        stage_id=queries.first_stage_id(session),
        name=details.name,
        email=details.email,
        phone=details.phone,
        phone_e164=contact.e164(details.phone, region) if details.phone else "",
        message=told.message,
        value_minor=details.value_minor,
        currency=currency,
        channel=CHANNEL,
        source_words=way_words()[told.way],
        owner_id=tenancy.only_of(session),  # or whoever adds it would lose sight of it
        created_at=now,
        updated_at=now,
    )
    session.add(lead)
    session.flush()
    if answers:
        custom.fill_in(session, lead.id, answers)
    events.record(session, "lead.arrived", lead_id=lead.id, actor=actor, by_hand=True)
    return lead
