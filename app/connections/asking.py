"""Asking for the ad accounts of a connection to be read: a mark on the connection, and a bell for the worker."""

import uuid

from sqlalchemy.orm import Session

from app.connections import use
from app.connections.models import Connection
from app.core.clock import utc_now
from app.core.queue import ring_after_commit
from app.core.tenancy import company_of

READ_JOB = "app.connections.jobs.read_accounts"


def ask(session: Session, connection: Connection) -> None:
    """Have the accounts read once the transaction is committed."""
    connection.accounts_asked_at = utc_now()
    ring_after_commit(session, "default", READ_JOB, str(company_of(session)), str(connection.id))


def ask_again(session: Session, connection_id: uuid.UUID) -> None:
    """As `ask`, for a connection in use. Raises ConnectionUnusableError, and RetryableError as `use.lock`."""
    use.open_for_use(session, connection_id)
    ask(session, use.lock(session, connection_id))
