"""Sample leads: a company that has none of its own yet may look at some, and clear them again at once.

They are marked as samples, and so they are never counted, exported or reported.
"""

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.core import events
from app.core.events import Actor
from app.leads.models import Lead
from app.seeding import stories


def count(session: Session) -> int:
    """How many sample leads the served company has."""
    return session.scalar(select(func.count()).select_from(Lead).where(Lead.is_demo)) or 0


def load(session: Session, *, actor: Actor) -> int:
    """Write the sample leads unless there are some; how many there are now."""
    if count(session) == 0:
        stories.tell_all(session, actor)
        events.record(session, "samples.loaded", actor=actor)
    return count(session)


def clear(session: Session, *, actor: Actor) -> int:
    """Delete the sample leads with all that hangs from them; how many there were."""
    cleared = session.scalars(
        delete(Lead).where(Lead.is_demo).returning(Lead.id).execution_options(synchronize_session=False)
    ).all()
    if cleared:
        events.record(session, "samples.cleared", actor=actor, leads=len(cleared))
    return len(cleared)
