"""What the team thinks of a lead: answered or not, worth a quote or not, and why it was lost."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import events
from app.core.clock import utc_now
from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Actor
from app.core.words import gettext as _
from app.follow_up.models import LostReason
from app.leads.locking import lock
from app.leads.models import Lead, Stage

QUOTABLE = ("pending", "yes", "no")


def answer(session: Session, lead_id: uuid.UUID, *, actor: Actor) -> Lead:
    """Note that somebody got back to the person, once: records lead.answered. Raises NotFoundError."""
    lead = lock(session, lead_id)
    if lead.answered_at is None:
        lead.answered_at = lead.updated_at = utc_now()
        session.flush()
        events.record(session, "lead.answered", lead_id=lead.id, actor=actor)
    return lead


def judge(session: Session, lead_id: uuid.UUID, quotable: str, *, actor: Actor, version: int | None = None) -> Lead:
    """Say whether the lead is worth a quote: records lead.judged when that changes.

    Raises NotFoundError, InvalidInputError and ChangedMeanwhileError.
    """
    if quotable not in QUOTABLE:
        raise InvalidInputError(_("Choose whether this lead is worth a quote."))
    lead = lock(session, lead_id, version)
    if lead.quotable != quotable:
        lead.quotable = quotable
        lead.updated_at = utc_now()
        session.flush()
        events.record(session, "lead.judged", lead_id=lead.id, actor=actor, quotable=quotable)
    return lead


def explain_loss(session: Session, lead_id: uuid.UUID, reason_id: uuid.UUID | None, *, actor: Actor) -> Lead:
    """Say why a lost lead was lost: records lead.loss_explained when that changes.

    Raises NotFoundError, and InvalidInputError when the lead is not lost.
    """
    lead = lock(session, lead_id)
    if lead.lost_reason_id == reason_id:
        return lead
    if session.scalar(select(Stage.kind).where(Stage.id == lead.stage_id)) != "lost":
        raise InvalidInputError(_("This lead is not lost. Move it to a lost stage first."))
    name = session.scalar(select(LostReason.name).where(LostReason.id == reason_id)) if reason_id else ""
    if name is None:
        raise NotFoundError(_("There is no such reason any more."))
    lead.lost_reason_id = reason_id
    lead.updated_at = utc_now()
    session.flush()
    events.record(session, "lead.loss_explained", lead_id=lead.id, actor=actor, reason=name)
    return lead
