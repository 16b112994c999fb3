"""What a rule would do to the leads of the last 90 days: shown before, and done only when somebody asks for it.

Google takes conversions of clicks that are up to 90 days old, so that a rule made today can still report what was won
last month. Leads that went back from the stage meanwhile are left out, and so is what was reported already.
"""

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.connections.models import ConversionAction
from app.conversions import facts, uploads
from app.conversions.adjusting import has_left
from app.conversions.eligibility import Refusal, decide
from app.conversions.facts import Target
from app.conversions.models import ConversionMapping, ConversionUpload
from app.core.clock import utc_now
from app.core.errors import NotFoundError
from app.core.queue import ring_after_commit
from app.core.words import gettext as _
from app.leads.models import Lead, Stage, StageChange

JOB = "app.conversions.jobs.plan_past"
SPAN = timedelta(days=90)
MOST = 5_000


@dataclass(frozen=True)
class Past:
    """`ready` leads would be sent, worth `value_minor` together; `reasons`: why others would not, and how many.

    `is_capped`: there are more than were looked at.
    """

    ready: int
    value_minor: int
    currency: str
    reasons: list[tuple[str, int]]
    is_capped: bool


def target(session: Session, mapping_id: uuid.UUID) -> Target:
    """Raises NotFoundError unless it is an active mapping of the company."""
    found = facts.targets(session, ConversionMapping.id == mapping_id)
    if not found:
        raise NotFoundError(_("There is no such rule."))
    return found[0]


def look(session: Session, found: Target) -> Past:
    """What sending would do."""
    candidates, reasons, value = _candidates(session, found), Counter[str](), 0
    known = facts.of_leads(session, [lead for lead, _at in candidates])
    for lead, _at in candidates:
        decision = decide(known[lead.id], found.terms, utc_now())
        minor, currency = uploads.value_of(lead, found.mapping)
        if isinstance(decision, Refusal):
            reasons[decision.reason] += 1
        elif currency == found.mapping.currency:
            value += minor
    return Past(
        ready=len(candidates) - reasons.total(),
        value_minor=value,
        currency=found.mapping.currency,
        reasons=reasons.most_common(),
        is_capped=len(candidates) >= MOST,
    )


def ask(session: Session, mapping_id: uuid.UUID) -> None:
    """Have the leads of the last 90 days reported. Raises NotFoundError."""
    target(session, mapping_id).mapping.past_asked_at = utc_now()
    ring_after_commit(session, "conversions", JOB)


def ready_leads(session: Session, found: Target) -> list[tuple[uuid.UUID, datetime]]:
    """(lead id, when it reached the stage) of those that can be sent."""
    candidates = _candidates(session, found)
    known = facts.of_leads(session, [lead for lead, _at in candidates])
    now = utc_now()
    return [
        (lead.id, at) for lead, at in candidates if not isinstance(decide(known[lead.id], found.terms, now), Refusal)
    ]


def plan_one(session: Session, found: Target, lead_id: uuid.UUID, at: datetime) -> None:
    """Plan the lead, unless it was planned or went away meanwhile; the caller commits."""
    lead = session.scalars(
        select(Lead).where(Lead.id == lead_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if lead is None:
        return
    stage = session.scalars(select(Stage).where(Stage.id == lead.stage_id)).one()
    if not has_left(found.stage, stage):
        uploads.plan(session, lead, [found], at)


def finish(session: Session, mapping_id: uuid.UUID) -> None:
    """Nothing is left to plan."""
    session.scalars(select(ConversionMapping).where(ConversionMapping.id == mapping_id)).one().past_asked_at = None


def _candidates(session: Session, found: Target) -> list[tuple[Lead, datetime]]:
    """Leads that reached the stage, stand by it still, and were not reported to this conversion."""
    reached = func.max(StageChange.changed_at).label("reached_at")
    planned = (
        select(ConversionUpload.lead_id)
        .join(ConversionMapping, ConversionMapping.id == ConversionUpload.mapping_id)
        .join(ConversionAction, ConversionAction.id == ConversionMapping.conversion_action_id)
        .where(ConversionAction.google_id == found.action.google_id, ConversionMapping.stage_id == found.stage.id)
    )
    moves = (
        select(StageChange.lead_id, reached)
        .where(StageChange.to_stage_id == found.stage.id, StageChange.changed_at >= utc_now() - SPAN)
        .group_by(StageChange.lead_id)
        .subquery()
    )
    rows = session.execute(
        select(Lead, moves.c.reached_at, Stage)
        .join(moves, moves.c.lead_id == Lead.id)
        .join(Stage, Stage.id == Lead.stage_id)
        .where(Lead.id.not_in(planned))
        .order_by(moves.c.reached_at.desc())
        .limit(MOST)
    )
    return [(lead, at) for lead, at, stage in rows if not has_left(found.stage, stage)]
