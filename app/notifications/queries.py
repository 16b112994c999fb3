"""What telling and the bell read."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.auth.models import Member, User
from app.core.clock import utc_now
from app.core.pagination import PAGE_SIZE, Position
from app.leads.models import Lead
from app.notifications.models import Notification, NotificationChoice

MOST_COUNTED = 100


@dataclass(frozen=True)
class Person:
    """A member with the wishes that are stored, if any are."""

    user_id: uuid.UUID
    role: str
    sees_own_only: bool
    name: str
    email: str
    language: str
    is_confirmed: bool
    no_mail: list[str]
    no_bell: list[str]
    unsubscribe_key: str


@dataclass(frozen=True)
class Row:
    """A line of the list."""

    id: uuid.UUID
    kind: str
    lead_id: uuid.UUID | None
    lead_name: str
    data: dict[str, Any]
    read_at: datetime | None
    created_at: datetime


def people(session: Session) -> list[Person]:
    """Every member of the served company."""
    choice = NotificationChoice
    statement = (
        select(
            Member.user_id,
            Member.role,
            and_(Member.role == "member", Member.sees_own_leads_only),
            User.name,
            User.email,
            User.language,
            User.email_confirmed_at.is_not(None),
            choice.no_mail,
            choice.no_bell,
            choice.unsubscribe_key,
        )
        .join(User, User.id == Member.user_id)
        .outerjoin(choice, choice.user_id == Member.user_id)
        .order_by(Member.user_id)
    )
    return [Person(*row[:7], row[7] or [], row[8] or [], row[9] or "") for row in session.execute(statement)]


def told_lately(session: Session, user_id: uuid.UUID, kind: str) -> int:
    """How many of this kind the person was told of in the last hour, up to a hundred."""
    since = utc_now() - timedelta(hours=1)
    few = (
        select(Notification.id)
        .where(Notification.user_id == user_id, Notification.kind == kind, Notification.created_at > since)
        .limit(MOST_COUNTED)
    )
    return session.scalars(select(func.count()).select_from(few.subquery())).one()


def unread(session: Session, user_id: uuid.UUID) -> int:
    """How many wait to be read, up to a hundred: what the bell shows."""
    few = select(Notification.id).where(Notification.user_id == user_id, Notification.read_at.is_(None))
    return session.scalars(select(func.count()).select_from(few.limit(MOST_COUNTED).subquery())).one()


def page(session: Session, user_id: uuid.UUID, after: Position | None) -> tuple[list[Row], Position | None]:
    """The person's notifications, the newest first, and where the older ones begin."""
    note = Notification
    statement = (
        select(note.id, note.kind, note.lead_id, func.coalesce(Lead.name, ""), note.data, note.read_at, note.created_at)
        .outerjoin(Lead, Lead.id == note.lead_id)
        .where(note.user_id == user_id)
        .order_by(note.created_at.desc(), note.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if after:
        statement = statement.where(
            (note.created_at < after.at) | ((note.created_at == after.at) & (note.id < after.id))
        )
    rows = [Row(*row) for row in session.execute(statement)]
    last = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    return rows[:PAGE_SIZE], Position(last.created_at, last.id) if last else None
