"""Sessions of signed-in browsers: a random token in the cookie, its hash in the database."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.auth import gates
from app.auth.models import SignInSession
from app.core.clock import utc_now
from app.core.ids import new_secret, secret_hash

LIFETIME = timedelta(days=14)
"""Absolute: using Leader does not prolong it."""
_MAX_USER_AGENT = 300


@dataclass(frozen=True)
class Browser:
    """Where somebody signs in from, as the request told it."""

    user_agent: str
    ip_address: str


def start(session: Session, user_id: uuid.UUID, browser: Browser) -> str:
    """Begin a session in the served company; the token for the cookie, which is kept nowhere else."""
    token = new_secret()
    session.add(
        SignInSession(
            token_hash=secret_hash(token),
            user_id=user_id,
            user_agent=browser.user_agent.replace("\0", "")[:_MAX_USER_AGENT],
            ip_address=browser.ip_address,
            expires_at=utc_now() + LIFETIME,
        )
    )
    return token


def end(session: Session, user_id: uuid.UUID, session_id: uuid.UUID) -> bool:
    """End one of the user's own sessions. False when there is none of this id."""
    ended = session.scalars(
        delete(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.user_id == user_id)
        .returning(SignInSession.id)
    )
    return ended.first() is not None


def end_all(session: Session, user_id: uuid.UUID) -> None:
    """End every session of a member of the served company, in all of their companies."""
    session.flush()
    gates.end_sessions_of(session, user_id)


def end_here(session: Session, user_id: uuid.UUID) -> None:
    """End the user's sessions in the served company alone."""
    session.execute(delete(SignInSession).where(SignInSession.user_id == user_id))
