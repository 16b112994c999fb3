"""Withdrawing consent: a person took back what they had allowed, and a member writes that down.

It holds for every lead of that person. The choice that was made stays on record, with its words; the withdrawal is a
newer record beside it, and the newest one counts. What follows for conversions hangs from the event.
"""

import uuid
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.capture.models import Consent
from app.core import events, tenancy
from app.core.errors import InvalidInputError
from app.core.events import Actor
from app.core.words import gettext as _
from app.core.words import marked
from app.leads import queries
from app.leads.locking import lock
from app.subjects import finding

WAY = marked("The person took it back")
_LONGEST_AGO = timedelta(days=366)


def withdraw(session: Session, lead_id: uuid.UUID, on: date, *, today: date, actor: Actor) -> int:
    """Note on every lead of the person that consent is withdrawn; on how many it was not yet. Frozen leads too.

    `on`: the day on which the person said so. Raises NotFoundError, and InvalidInputError for a day that cannot be.
    """
    if not today - _LONGEST_AGO <= on <= today:
        sentence = _("Choose the day on which the person said so: today or earlier, within a year.")
        raise InvalidInputError(sentence, fields={"on": sentence})
    lead = queries.lead(session, lead_id)
    with tenancy.seeing_all(session):  # it holds for the person, whoever answers which of their leads
        leads = sorted(each.id for each in finding.same_person(session, lead))
        return sum(_withdraw_one(session, each, on, actor) for each in leads)


def _withdraw_one(session: Session, lead_id: uuid.UUID, on: date, actor: Actor) -> bool:
    lock(session, lead_id, frozen_too=True)
    newest = select(Consent).where(Consent.lead_id == lead_id).order_by(Consent.id.desc()).limit(1)
    consent = session.scalar(newest)
    if consent is not None and consent.withdrawn_on is not None:
        return False
    session.add(
        Consent(
            lead_id=lead_id,
            ad_user_data="denied",
            ad_personalization="denied",
            way=WAY,
            wording="",
            withdrawn_on=on,
            recorded_by_name=actor.name,
        )
    )
    session.flush()
    events.record(session, "lead.consent_withdrawn", lead_id=lead_id, actor=actor, on=on.isoformat())
    return True
