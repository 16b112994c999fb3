"""Writing the security log. Entries stand in the transaction of what they tell of, so that neither is without the
other; a look at a lead and a failed sign-in are written for themselves, and nobody waits for the disk because of them.
"""

import uuid
from contextvars import ContextVar
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.events import Event
from app.journal import gates
from app.journal.models import SecurityEntry

MOST_USER_AGENT = 300


@dataclass(frozen=True)
class Origin:
    """Where the request that is being answered came from; empty in jobs."""

    ip_address: str = ""
    user_agent: str = ""


_origin: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 - it cannot be changed


def came_from(ip_address: str, user_agent: str) -> None:
    """Tell where this request comes from. Called once for each, before anything is done."""
    _origin.set(Origin(ip_address, user_agent.replace("\0", "")[:MOST_USER_AGENT]))


def write(session: Session, kind: str, *, user_id: uuid.UUID | None, user_name: str = "") -> None:
    """Add an entry to the served company's log."""
    session.add(SecurityEntry(kind=kind, user_id=user_id, user_name=user_name, **vars(_origin.get())))


def write_for_event(session: Session, event: Event) -> None:
    """A reaction: what matters for security is in this log too, with the place it was done from."""
    write(session, event.type, user_id=event.actor_id, user_name=event.actor_name)


def note_look(session: Session, *, user_id: uuid.UUID, user_name: str, lead_id: uuid.UUID) -> None:
    """Somebody looked at a lead: one entry per person, lead and hour. The caller commits."""
    gates.note_look(session, user_id=user_id, user_name=user_name, lead_id=lead_id, **vars(_origin.get()))


def note_failed_sign_in(session: Session, user_id: uuid.UUID | None) -> None:
    """Somebody did not know the password. The same work for an unknown address, which leaves no entry."""
    gates.note_failed_sign_in(session, user_id=user_id, **vars(_origin.get()))
