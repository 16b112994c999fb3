"""What the profile page reads."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.models import Member, SignInSession, User
from app.core.clock import utc_now


@dataclass(frozen=True)
class OwnSession:
    """A browser in which the person is signed in."""

    id: uuid.UUID
    user_agent: str
    ip_address: str
    created_at: datetime
    last_seen_at: datetime


def own_sessions(session: Session, user_id: uuid.UUID) -> list[OwnSession]:
    """The user's live sessions, the one used last first."""
    rows = session.execute(
        select(
            SignInSession.id,
            SignInSession.user_agent,
            SignInSession.ip_address,
            SignInSession.created_at,
            SignInSession.last_seen_at,
        )
        .where(SignInSession.user_id == user_id, SignInSession.expires_at > utc_now())
        .order_by(SignInSession.last_seen_at.desc())
    )
    return [OwnSession(*row) for row in rows]


def has_confirmed_address(session: Session, user_id: uuid.UUID) -> bool:
    """True once the user has proved to read the e-mail address."""
    return session.scalars(select(User.email_confirmed_at).where(User.id == user_id)).one() is not None


def membership(session: Session, user_id: uuid.UUID) -> Member:
    """The user's place in the served company."""
    return session.scalars(select(Member).where(Member.user_id == user_id)).one()
