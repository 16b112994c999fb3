"""Questions about support that are asked before anything is known of the person."""

import uuid
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session


def enter(session: Session, token_hash: bytes) -> uuid.UUID | None:
    """The request that a mailed link opens, for this transaction only."""
    found = session.execute(text("SELECT enter_support_request(:given)"), {"given": token_hash}).scalar_one_or_none()
    return uuid.UUID(str(found)) if found else None


def count_since(session: Session, email: str, since: datetime) -> int:
    """How many requests an address has made since then."""
    given = {"email": email, "since": since}
    return int(session.execute(text("SELECT count_support_requests(:email, :since)"), given).scalar_one())


def purge(session: Session) -> int:
    """Delete what its time has come for; the number of requests."""
    return int(session.execute(text("SELECT purge_support_requests()")).scalar_one())
