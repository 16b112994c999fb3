"""What becomes of a member's leads and open tasks when the member leaves: somebody takes them over, or nobody has them.

One piece of news for each lead goes into its timeline; nobody is told of each by mail, since they may be thousands.
"""

import uuid

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.clock import utc_now
from app.core.events import Event
from app.follow_up import queries
from app.follow_up.models import Task
from app.leads.models import Lead

_QUIETLY = {"synchronize_session": False}


def hand_over_for_event(session: Session, event: Event) -> None:
    """Give the leaver's leads and open tasks to the heir that member.removed names. Without one the database takes the
    leaver's name off them when the member goes."""
    heir = event.data.get("heir_id")
    if heir is None:
        return
    leaver_id, heir_id = uuid.UUID(str(event.data["user_id"])), uuid.UUID(str(heir))
    name = next((each.name for each in queries.members(session) if each.user_id == heir_id), "")
    lead_ids = session.scalars(select(Lead.id).where(Lead.owner_id == leaver_id).with_for_update()).all()
    now = utc_now()
    theirs = update(Lead).where(Lead.owner_id == leaver_id)
    session.execute(
        theirs.values(owner_id=heir_id, updated_at=now, version=Lead.version + 1), execution_options=_QUIETLY
    )
    open_tasks = update(Task).where(Task.assignee_id == leaver_id, Task.done_at.is_(None))
    session.execute(open_tasks.values(assignee_id=heir_id), execution_options=_QUIETLY)
    data = {"user_id": heir, "name": name}
    by = {"actor_id": event.actor_id, "actor_name": event.actor_name}
    session.add_all(Event(type="lead.assigned", lead_id=lead_id, data=data, at=now, **by) for lead_id in lead_ids)
    session.flush()
