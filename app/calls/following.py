"""What follows from how a call went: words on the timeline, a task to call back, and the end of that task.

1. A missed call from a lead is a task, one at a time.
2. Once both have spoken, whoever called, the task is done and the lead counts as answered.
3. A lead that is frozen, or was taken for spam since the call began, is not worked on: of it only the call is noted.
"""

import uuid
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.calls.models import Call
from app.calls.outcome import Facts, merged
from app.core import events
from app.core.clock import utc_now
from app.core.events import LEADER
from app.core.words import gettext as _
from app.follow_up import judging, tasks
from app.follow_up import queries as follow_up
from app.follow_up.models import Task
from app.leads.locking import lock
from app.leads.models import Lead

CALL_BACK_WITHIN = timedelta(hours=1)

_EVENTS = {
    ("inbound", "answered"): "lead.call_answered",
    ("inbound", "missed"): "lead.call_missed",
    ("outbound", "answered"): "lead.call_made",
    ("outbound", "missed"): "lead.call_in_vain",
}


def follow(session: Session, call: Call, told: Facts) -> None:
    """Add what was told; where that changes how the call went, do what follows."""
    before = call.outcome
    facts = merged(Facts(call.is_over, call.was_answered, call.seconds), told)
    call.is_over, call.was_answered, call.seconds = facts.is_over, facts.was_answered, facts.seconds
    call.outcome = facts.outcome
    session.flush()
    event = _EVENTS.get((call.direction, call.outcome))
    if call.lead_id is None or event is None or call.outcome == before:
        return
    lead = lock(session, call.lead_id, frozen_too=True)
    events.record(session, event, lead_id=lead.id, call_id=str(call.id), seconds=call.seconds)
    if lead.restricted_at is not None or lead.is_spam:
        return
    if call.outcome == "answered":
        judging.answer(session, lead.id, actor=LEADER)
        _end_tasks(session, call)
    elif call.direction == "inbound" and not _open_tasks(session, call):
        task = tasks.plan(
            session,
            lead.id,
            title=_("Call back %(number)s", number=call.caller),
            due_at=utc_now() + CALL_BACK_WITHIN,
            assignee_id=_assignee(session, lead),
            actor=LEADER,
        )
        call.callback_task_id = task.id
        session.flush()


def _assignee(session: Session, lead: Lead) -> uuid.UUID | None:
    """Who answers for the lead, as long as that is somebody who can."""
    return lead.owner_id if lead.owner_id in {member.user_id for member in follow_up.members(session)} else None


def _end_tasks(session: Session, call: Call) -> None:
    for task in _open_tasks(session, call):
        tasks.finish(session, task.id, actor=LEADER)


def _open_tasks(session: Session, call: Call) -> list[Task]:
    """The tasks to call this lead back that are not done."""
    statement = select(Task).where(Task.lead_id == call.lead_id, Task.done_at.is_(None))
    asked = select(Call.callback_task_id).where(Call.lead_id == call.lead_id)
    return list(session.scalars(statement.where(Task.id.in_(asked))))
