"""The page of what is to be done: tasks by when they are due, and leads that wait for an answer."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.companies.models import Company
from app.core.clock import utc_now
from app.core.tenancy import company_of
from app.follow_up import queries
from app.follow_up.queries import OpenTask
from app.leads.models import Lead, Stage

_SHOWN = 50
_AHEAD = timedelta(days=7)


@dataclass(frozen=True)
class Waiting:
    """A lead that nobody has got back to."""

    id: uuid.UUID
    name: str
    email: str
    phone: str
    source_words: str
    created_at: datetime


@dataclass(frozen=True)
class Agenda:
    """Tasks overdue, of today and of the next week; leads without an answer, the longest waiting first."""

    now: datetime
    overdue: Sequence[OpenTask]
    today: Sequence[OpenTask]
    ahead: Sequence[OpenTask]
    waiting: Sequence[Waiting]


def agenda(session: Session, *, time_zone: str, member_id: uuid.UUID | None) -> Agenda:
    """What one member has to do, or the whole team when `member_id` is none."""
    now = utc_now()
    midnight = _next_midnight(now, time_zone)
    tasks = queries.open_tasks(session, before=now + _AHEAD, assignee_id=member_id)
    return Agenda(
        now=now,
        overdue=[task for task in tasks if task.due_at < now],
        today=[task for task in tasks if now <= task.due_at < midnight],
        ahead=[task for task in tasks if task.due_at >= max(now, midnight)],
        waiting=_waiting(session, member_id),
    )


def _next_midnight(now: datetime, time_zone: str) -> datetime:
    zone = ZoneInfo(time_zone)
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone)


def _waiting(session: Session, member_id: uuid.UUID | None) -> list[Waiting]:
    company = session.get_one(Company, company_of(session))
    statement = (
        select(Lead.id, Lead.name, Lead.email, Lead.phone, Lead.source_words, Lead.created_at)
        .join(Stage, Stage.id == Lead.stage_id)
        .where(queries.waits_for_answer(with_samples=company.is_demo))
        .order_by(Lead.created_at, Lead.id)
        .limit(_SHOWN)
    )
    if member_id is not None:
        statement = statement.where((Lead.owner_id == member_id) | Lead.owner_id.is_(None))
    return [Waiting(*row) for row in session.execute(statement)]
