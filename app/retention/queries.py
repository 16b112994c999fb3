"""Which leads and messages are due, and what the pages show of it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.capture.models import InboxItem
from app.conversions.models import CLAIMABLE, ConversionUpload
from app.core.events import Event
from app.leads.models import Lead
from app.retention.models import LeadHold


@dataclass(frozen=True)
class Activity:
    """What the date on a lead's page follows from."""

    last_at: datetime
    is_held: bool
    is_frozen: bool


def due_leads(session: Session, before: datetime, most: int) -> Sequence[uuid.UUID]:
    """Leads with which nothing has happened since, the quietest first."""
    return session.scalars(select(Lead.id).where(is_quiet(before)).order_by(Lead.updated_at, Lead.id).limit(most)).all()


def count_leads(session: Session, before: datetime) -> int:
    return session.scalar(select(func.count()).select_from(Lead).where(is_quiet(before))) or 0


def count_messages(session: Session, before: datetime) -> int:
    return session.scalar(select(func.count()).select_from(InboxItem).where(_is_old(before))) or 0


def activity(session: Session, lead_id: uuid.UUID) -> Activity | None:
    """None when there is no such lead, and for a sample, which no rule ends."""
    last_event = select(func.max(Event.at)).where(Event.lead_id == lead_id).scalar_subquery()
    is_held = exists().where(LeadHold.lead_id == lead_id)
    row = session.execute(
        select(func.greatest(Lead.updated_at, last_event), is_held, Lead.restricted_at.is_not(None)).where(
            Lead.id == lead_id, ~Lead.is_demo
        )
    ).one_or_none()
    return Activity(*row) if row else None


def is_quiet(before: datetime) -> ColumnElement[bool]:
    """Not held, not frozen, nothing on its way to Google, and no event since."""
    has_happened = exists().where(Event.company_id == Lead.company_id, Event.lead_id == Lead.id, Event.at >= before)
    is_open = exists().where(
        ConversionUpload.company_id == Lead.company_id,
        ConversionUpload.lead_id == Lead.id,
        or_(ConversionUpload.state.in_(CLAIMABLE), ConversionUpload.state == "held"),
    )
    is_held = exists().where(LeadHold.company_id == Lead.company_id, LeadHold.lead_id == Lead.id)
    is_left_alone = or_(Lead.restricted_at.is_not(None), Lead.is_demo, is_held, is_open, has_happened)
    return and_(Lead.updated_at < before, ~is_left_alone)


def _is_old(before: datetime) -> ColumnElement[bool]:
    """As `purge_inbox` sees it: taken in, and not of a lead that is held or frozen."""
    is_held = exists().where(LeadHold.company_id == InboxItem.company_id, LeadHold.lead_id == InboxItem.id)
    is_frozen = exists().where(
        Lead.company_id == InboxItem.company_id, Lead.id == InboxItem.id, Lead.restricted_at.is_not(None)
    )
    is_taken_in = and_(InboxItem.taken_in_at.is_not(None), InboxItem.erased_at.is_(None))
    return and_(InboxItem.received_at < before, is_taken_in, ~is_held, ~is_frozen)
