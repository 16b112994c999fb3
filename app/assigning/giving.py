"""Giving a new lead to somebody, in the transaction in which it arrives.

The rule is locked while it gives, so of two leads that arrive at once the second waits a moment and goes to the next
person. Who is away, may only look, or has left is passed by; a rule that has nobody leaves the lead to the next rule.
Spam, tests and samples use up nobody's turn, and a lead that has somebody keeps them.
"""

import uuid
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.assigning.models import AssignmentRule, AssignmentTurn
from app.attribution.models import Touchpoint
from app.auth.models import Member
from app.companies.models import Company
from app.core.clock import utc_now
from app.core.events import LEADER, Event
from app.follow_up import assignment
from app.leads.models import Lead

_CAMPAIGN = "utm_campaign"


def give_for_event(session: Session, event: Event) -> None:
    """Reacts to lead.arrived."""
    rules = session.scalars(select(AssignmentRule).order_by(AssignmentRule.position, AssignmentRule.id)).all()
    lead = session.scalar(select(Lead).where(Lead.id == event.lead_id)) if rules else None
    if lead is None or lead.owner_id or lead.is_spam or lead.is_test or lead.is_demo or lead.restricted_at:
        return
    campaigns = _campaigns(session, lead.id)
    for rule in rules:
        if fits(rule, lead, campaigns) and (user_id := _next(session, rule)):
            assignment.assign(session, lead.id, user_id, actor=LEADER)
            return


def fits(rule: AssignmentRule, lead: Lead, campaigns: list[str]) -> bool:
    """Upper and lower case are the same."""
    wanted = rule.wanted.casefold()
    if rule.field == "channel":
        return lead.channel == rule.wanted
    if rule.field == "source":
        return wanted in lead.source_words.casefold()
    if rule.field == "campaign":
        return any(wanted in campaign.casefold() for campaign in campaigns)
    return True


def _next(session: Session, rule: AssignmentRule) -> uuid.UUID | None:
    """Whose turn it is; their turn is used up."""
    session.execute(select(AssignmentRule.id).where(AssignmentRule.id == rule.id).with_for_update())
    turn = session.scalar(
        select(AssignmentTurn)
        .join(Member, Member.user_id == AssignmentTurn.user_id)
        .where(
            AssignmentTurn.rule_id == rule.id,
            Member.role != "viewer",
            or_(Member.away_until.is_(None), Member.away_until < _today(session)),
        )
        .order_by(AssignmentTurn.given_at.nulls_first(), AssignmentTurn.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )
    if turn is None:
        return None
    turn.given_at = utc_now()
    session.flush()
    return turn.user_id


def _today(session: Session) -> date:
    zone = session.scalars(select(Company.time_zone)).one()
    return utc_now().astimezone(ZoneInfo(zone)).date()


def _campaigns(session: Session, lead_id: uuid.UUID) -> list[str]:
    named = select(Touchpoint.utm[_CAMPAIGN].astext).where(
        Touchpoint.lead_id == lead_id, Touchpoint.utm.has_key(_CAMPAIGN)
    )
    return list(session.scalars(named))
