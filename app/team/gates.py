"""What is asked about invitations and companies before, or besides, the served company."""

import uuid
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class OpenInvitation:
    """An invitation that still works."""

    company_id: uuid.UUID
    invitation_id: uuid.UUID
    company_name: str
    email: str
    role: str
    invited_by: str


@dataclass(frozen=True)
class Workplace:
    """A company that a person belongs to."""

    company_id: uuid.UUID
    name: str
    role: str
    is_closed: bool
    """Shown to its owner, who may bring it back."""


def open_invitation(session: Session, token_hash: bytes) -> OpenInvitation | None:
    row = session.execute(text("SELECT * FROM open_invitation(:hash)"), {"hash": token_hash}).one_or_none()
    return OpenInvitation(**row._mapping) if row else None


def workplaces(session: Session, session_hash: bytes) -> list[Workplace]:
    """The companies of whoever holds this live session."""
    rows = session.execute(text("SELECT * FROM workplaces(:hash)"), {"hash": session_hash})
    return [Workplace(*row) for row in rows]


def move_session(session: Session, session_hash: bytes, company_id: uuid.UUID, fresh_hash: bytes) -> bool:
    """Let a live session serve another company of its person, under a new token. False when it is not theirs."""
    given = {"old": session_hash, "company": company_id, "new": fresh_hash}
    return bool(session.execute(text("SELECT move_session(:old, :company, :new)"), given).scalar_one())


def drop_left_behind(session: Session, user_id: uuid.UUID) -> None:
    """Delete a person who belongs to no company any more."""
    session.execute(text("SELECT drop_person_left_behind(:id)"), {"id": user_id})


def purge(session: Session) -> int:
    """Delete invitations that have expired; the number."""
    return int(session.execute(text("SELECT purge_invitations()")).scalar_one())
