"""The digest: what came since the last one, in figures, by mail. A quiet time is not mailed about."""

import uuid
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.auth.models import Member, User
from app.companies.models import Company
from app.core.clock import utc_now
from app.leads.models import Lead, Stage, StageChange
from app.mailing import outbox
from app.notifications.digest_times import next_due
from app.notifications.models import NotificationChoice

_MOST_CHANNELS = 5


def send(session: Session, user_id: uuid.UUID) -> bool:
    """Post the member's digest if it is due, and say when the next one is, in one transaction: nobody gets it twice.
    False when nothing was due or another worker has it."""
    now = utc_now()
    choice = session.scalars(
        select(NotificationChoice)
        .where(
            NotificationChoice.user_id == user_id,
            NotificationChoice.digest != "none",
            NotificationChoice.digest_due_at <= now,
        )
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if choice is None:
        return False
    company = session.scalars(select(Company)).one()
    user = session.get_one(User, user_id)
    figures = _figures(session, choice)
    if user.email_confirmed_at and (figures["arrived"] or figures["won"]):
        figures |= {"company": company.name, "path": "/leads", "is_weekly": choice.digest == "weekly"}
        end = f"/unsubscribe/{choice.unsubscribe_key}/digest"
        outbox.post(session, "digest", to=user.email, language=user.language, unsubscribe=end, **figures)
    choice.told_until = now
    choice.digest_due_at = next_due(choice.digest, company.time_zone, now)
    return True


def _sees_own_only(session: Session, user_id: uuid.UUID) -> bool:
    of_member = select(Member.id).where(Member.user_id == user_id, Member.role == "member", Member.sees_own_leads_only)
    return session.scalar(of_member) is not None


def _figures(session: Session, choice: NotificationChoice) -> dict[str, Any]:
    """Counted over the days since the last digest only."""
    counts: list[ColumnElement[bool]] = [Lead.is_spam.is_(False), Lead.is_demo.is_(False), Lead.is_test.is_(False)]
    if _sees_own_only(session, choice.user_id):
        counts.append(Lead.owner_id == choice.user_id)
    is_new = (Lead.created_at > choice.told_until, *counts)
    by_channel = session.execute(
        select(Lead.channel, func.count())
        .where(*is_new)
        .group_by(Lead.channel)
        .order_by(func.count().desc(), Lead.channel)
    ).all()
    waiting = select(func.count()).select_from(Lead).where(*is_new, Lead.answered_at.is_(None))
    won = (
        select(func.count(StageChange.lead_id.distinct()))
        .join(Stage, Stage.id == StageChange.to_stage_id)
        .join(Lead, Lead.id == StageChange.lead_id)
        .where(StageChange.changed_at > choice.told_until, Stage.kind == "won", *counts)
    )
    return {
        "arrived": sum(count for _, count in by_channel),
        "channels": [[channel, count] for channel, count in by_channel[:_MOST_CHANNELS]],
        "waiting": session.scalars(waiting).one(),
        "won": session.scalars(won).one(),
    }
