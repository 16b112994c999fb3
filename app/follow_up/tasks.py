"""Tasks: what is to be done for a lead, by when, and by whom."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import events
from app.core.clock import utc_now
from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Actor
from app.core.words import gettext as _
from app.follow_up import queries
from app.follow_up.models import Task
from app.leads import contact
from app.leads.locking import lock

MAX_TITLE = 200
_FIRST_YEAR, _LAST_YEAR = 2000, 2200


def plan(
    session: Session,
    lead_id: uuid.UUID,
    *,
    title: str,
    due_at: datetime,
    assignee_id: uuid.UUID | None,
    actor: Actor,
) -> Task:
    """Add a task to the lead and record lead.task_planned. Raises NotFoundError and InvalidInputError."""
    title = contact.one_line(title)
    if not 1 <= len(title) <= MAX_TITLE:
        raise InvalidInputError(_("Say in 1 to %(most)s characters what is to be done.", most=MAX_TITLE))
    if not _FIRST_YEAR <= due_at.year <= _LAST_YEAR:
        raise InvalidInputError(_("Choose a day."))
    if assignee_id is not None and assignee_id not in {member.user_id for member in queries.members(session)}:
        raise NotFoundError(_("There is no such person in your team who can answer leads."))
    lead = lock(session, lead_id)
    task = Task(lead_id=lead.id, title=title, due_at=due_at, assignee_id=assignee_id, created_by_name=actor.name)
    session.add(task)
    session.flush()
    events.record(session, "lead.task_planned", lead_id=lead.id, actor=actor, task_id=str(task.id), title=title)
    return task


def finish(session: Session, task_id: uuid.UUID, *, actor: Actor) -> Task:
    """Mark the task as done, once: records lead.task_done. Raises NotFoundError."""
    task = _locked(session, task_id)
    if task.done_at is None:
        task.done_at = utc_now()
        session.flush()
        events.record(session, "lead.task_done", lead_id=task.lead_id, actor=actor, title=task.title)
    return task


def reopen(session: Session, task_id: uuid.UUID, *, actor: Actor) -> Task:
    """Undo `finish`. Raises NotFoundError."""
    task = _locked(session, task_id)
    if task.done_at is not None:
        task.done_at = None
        session.flush()
        events.record(session, "lead.task_reopened", lead_id=task.lead_id, actor=actor, title=task.title)
    return task


def remind(session: Session, *, most: int = 100) -> int:
    """Record lead.task_due for the served company's tasks whose time has come, each once; how many."""
    due = session.scalars(
        select(Task)
        .where(Task.due_at <= utc_now(), Task.done_at.is_(None), Task.reminded_at.is_(None))
        .order_by(Task.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    for task in due:
        task.reminded_at = utc_now()
        events.record(
            session,
            "lead.task_due",
            lead_id=task.lead_id,
            task_id=str(task.id),
            title=task.title,
            assignee_id=str(task.assignee_id) if task.assignee_id else None,
        )
    session.flush()
    return len(due)


def _locked(session: Session, task_id: uuid.UUID) -> Task:
    task = session.scalar(select(Task).where(Task.id == task_id).with_for_update())
    if task is None:
        raise NotFoundError(_("There is no such task any more."))
    return task
