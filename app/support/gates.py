"""Questions about support that are asked before anything is known of the person."""

import uuid
from datetime import datetime

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session


def enter(session: Session, token_hash: bytes) -> uuid.UUID | None:
    """The request that a mailed link opens, for this transaction only."""
    found = session.execute(text("SELECT enter_support_request(:given)"), {"given": token_hash}).scalar_one_or_none()
    return uuid.UUID(str(found)) if found else None


def count_since(session: Session, email: str, since: datetime) -> int:
    """How many requests an address has made since then."""
    given = {"email": email, "since": since}
    return int(session.execute(text("SELECT count_support_requests(:email, :since)"), given).scalar_one())


def wrapped_keys(connection: Connection) -> list[tuple[uuid.UUID, str]]:
    """Of every file. As the owner of the database, who alone may become leader_gate."""
    connection.execute(text("SET LOCAL ROLE leader_gate"))
    return [(row.id, row.wrapped_key) for row in connection.execute(text("SELECT id, wrapped_key FROM support_files"))]


def keep_wrapped_key(connection: Connection, file_id: uuid.UUID, wrapped_key: str) -> None:
    statement = text("UPDATE support_files SET wrapped_key = :wrapped_key WHERE id = :id")
    connection.execute(statement, {"id": file_id, "wrapped_key": wrapped_key})


def purge(session: Session) -> int:
    """Delete what its time has come for; the number of requests."""
    return int(session.execute(text("SELECT purge_support_requests()")).scalar_one())
