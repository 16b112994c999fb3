"""The narrow questions that are asked before the company is known, or across companies."""

import uuid
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import tenancy
from app.core.gates import fetch

# OFFSET 0 keeps the order: the gate tells the transaction its company, and only then may the row be seen.
_OPEN_SESSION = """SELECT s.*, c.* FROM open_session(%(given)s) s CROSS JOIN LATERAL (
    SELECT getting_started_ended_at IS NULL FROM companies WHERE id = s.company_id OFFSET 0
) c
"""
"""Asked by every page, so it goes straight to the driver. Its columns are the fields of OpenSession."""
_OPEN_CLOSED_SESSION = """SELECT s.session_id, s.company_id, s.user_id, s.name, s.email, s.role, s.company_name,
    s.time_zone, s.currency, s.region, s.is_demo, s.language, false, s.is_noted, false
  FROM open_closed_session(%(given)s) s
"""


@dataclass(frozen=True)
class OpenSession:
    """A browser's live sign-in: who it is, in which company, and what they may do."""

    session_id: uuid.UUID
    company_id: uuid.UUID
    user_id: uuid.UUID
    name: str
    email: str
    role: str
    company_name: str
    time_zone: str
    currency: str
    region: str
    is_demo: bool
    language: str
    """The one that the person chose; empty when the browser decides."""
    sees_own_only: bool
    """True for a member who is shown no leads but their own; the database keeps to it."""
    is_noted: bool
    """True when this visit was written down and waits for a commit."""
    is_getting_started: bool
    """True until the company put its first steps away."""

    @property
    def menu_role(self) -> str:
        """The role by which menus are drawn: who sees their own leads alone has no use for pages about all of them."""
        return "own leads" if self.sees_own_only else self.role


@dataclass(frozen=True)
class SignIn:
    """What is needed to check a password, and the company to serve when it fits."""

    user_id: uuid.UUID
    password_hash: str
    company_id: uuid.UUID


def open_session(session: Session, token_hash: bytes) -> OpenSession | None:
    """The live sign-in of a token, or none. One statement; the database session then serves its company."""
    return _opened(session, _OPEN_SESSION, token_hash)


def open_closed_session(session: Session, token_hash: bytes) -> OpenSession | None:
    """As `open_session`, where the company's account is closed."""
    return _opened(session, _OPEN_CLOSED_SESSION, token_hash)


def _opened(session: Session, statement: str, token_hash: bytes) -> OpenSession | None:
    rows = fetch(session, statement, {"given": token_hash})
    if not rows:
        return None
    found = OpenSession(*rows[0])
    tenancy.assume(session, found.company_id, only_of=found.user_id if found.sees_own_only else None)
    return found


def find_sign_in(session: Session, email: str) -> SignIn | None:
    """Who signs in with this address."""
    row = session.execute(text("SELECT * FROM find_sign_in(:email)"), {"email": email}).one_or_none()
    return SignIn(**row._mapping) if row else None


def end_sessions_of(session: Session, user_id: uuid.UUID) -> None:
    """End every sign-in of a member of the served company, in their other companies too."""
    session.execute(text("SELECT end_sessions_of(:user_id)"), {"user_id": user_id})


def has_other_companies(session: Session, user_id: uuid.UUID) -> bool:
    """True for a member of the served company who belongs to another one as well."""
    return bool(session.execute(text("SELECT has_other_companies(:user_id)"), {"user_id": user_id}).scalar_one())


def purge_expired(session: Session) -> int:
    """Delete what has expired in every company; the number of rows."""
    return int(session.execute(text("SELECT purge_expired()")).scalar_one())
