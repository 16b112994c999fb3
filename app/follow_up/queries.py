"""What following up reads."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.auth.models import Member, User
from app.follow_up.models import LostReason, Task
from app.leads.models import Lead, LeadTag, Stage, Tag

_SHOWN = 50


@dataclass(frozen=True)
class TeamMember:
    """Somebody who can answer leads."""

    user_id: uuid.UUID
    name: str


@dataclass(frozen=True)
class OpenTask:
    """A task with the lead it is for."""

    id: uuid.UUID
    title: str
    due_at: datetime
    assignee_id: uuid.UUID | None
    lead_id: uuid.UUID
    lead_name: str


def waits_for_answer(*, with_samples: bool) -> ColumnElement[bool]:
    """The condition of a lead, joined with its stage, that nobody has got back to. Tests and spam wait for nobody, and
    samples only in the demo company."""
    waits = and_(Lead.answered_at.is_(None), Lead.is_spam.is_(False), Lead.is_test.is_(False), Stage.kind == "new")
    return waits if with_samples else and_(waits, Lead.is_demo.is_(False))


def members(session: Session) -> list[TeamMember]:
    """Everybody in the company but viewers, by name."""
    statement = select(User.id, User.name).join(Member, Member.user_id == User.id).where(Member.role != "viewer")
    return [TeamMember(*row) for row in session.execute(statement.order_by(User.name, User.id))]


def is_there(session: Session, lead_id: uuid.UUID) -> bool:
    return session.scalar(select(Lead.id).where(Lead.id == lead_id)) is not None


def tags_of(session: Session, lead_id: uuid.UUID) -> Sequence[Tag]:
    statement = select(Tag).join(LeadTag, LeadTag.tag_id == Tag.id).where(LeadTag.lead_id == lead_id)
    return session.scalars(statement.order_by(Tag.name)).all()


def all_tags(session: Session) -> Sequence[Tag]:
    return session.scalars(select(Tag).order_by(Tag.name).limit(500)).all()


def lost_reasons(session: Session) -> Sequence[LostReason]:
    """Those that can still be chosen, in the company's order."""
    return session.scalars(
        select(LostReason).where(LostReason.is_retired.is_(False)).order_by(LostReason.position, LostReason.name)
    ).all()


def tasks_of(session: Session, lead_id: uuid.UUID) -> Sequence[Task]:
    """The lead's tasks: open ones first, the soonest due first."""
    statement = select(Task).where(Task.lead_id == lead_id)
    return session.scalars(statement.order_by(Task.done_at.is_not(None), Task.due_at, Task.id).limit(_SHOWN)).all()


def open_tasks(session: Session, *, before: datetime, assignee_id: uuid.UUID | None) -> list[OpenTask]:
    """Open tasks due before the time, the most overdue first: of one member and of nobody, or of everybody."""
    statement = (
        select(Task.id, Task.title, Task.due_at, Task.assignee_id, Task.lead_id, Lead.name)
        .join(Lead, Lead.id == Task.lead_id)
        .where(Task.done_at.is_(None), Task.due_at < before)
        .order_by(Task.due_at, Task.id)
        .limit(_SHOWN)
    )
    if assignee_id is not None:
        statement = statement.where((Task.assignee_id == assignee_id) | Task.assignee_id.is_(None))
    return [OpenTask(*row) for row in session.execute(statement)]
