"""Questions to the database that no ORM statement asks: advisory locks, and what lies across companies."""

import uuid
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session


def share(session: Session, connection_id: uuid.UUID) -> bool:
    """Hold the connection in use until the transaction ends. False at once when its deletion has begun."""
    statement = text("SELECT pg_try_advisory_xact_lock_shared(:key)")
    return bool(session.scalar(statement, {"key": _key(connection_id)}))


def take_alone(session: Session, connection_id: uuid.UUID) -> bool:
    """Wait (as long as the engine's lock_timeout) until nobody uses the connection, and keep it so until the
    transaction ends. False when somebody still does."""
    try:
        with session.begin_nested():
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _key(connection_id)})
    except OperationalError:
        return False
    return True


def google_login_is_shared(session: Session, subject: str, besides: uuid.UUID) -> bool:
    """True when another live connection, of whatever company, uses this Google login."""
    statement = text("SELECT google_login_is_shared(:subject, :besides)")
    return bool(session.scalar(statement, {"subject": subject, "besides": besides}))


def due_disconnections(session: Session, most: int) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """(company id, connection id) of deletions that wait for Google and are due, the longest due first."""
    statement = text("SELECT company_id, connection_id FROM due_disconnections(:most)")
    return [(row.company_id, row.connection_id) for row in session.execute(statement, {"most": most})]


def claim_connections_to_check(session: Session, most: int, pause: timedelta) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """(company id, connection id) of connections that nobody looked at for `pause`. Commit before acting."""
    statement = text("SELECT company_id, connection_id FROM claim_connections_to_check(:most, :pause)")
    rows = session.execute(statement, {"most": most, "pause": pause})
    return [(row.company_id, row.connection_id) for row in rows]


def due_account_readings(session: Session, most: int) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """(company id, connection id) of readings whose bell was lost."""
    statement = text("SELECT company_id, connection_id FROM due_account_readings(:most)")
    return [(row.company_id, row.connection_id) for row in session.execute(statement, {"most": most})]


def _key(connection_id: uuid.UUID) -> int:
    """The lock's number: the random half of the id."""
    return int.from_bytes(connection_id.bytes[8:], signed=True)
