"""What workers do for connections. Each finds in the database what is due: it may be rung for twice."""

import contextlib
import uuid

import structlog

from app.companies.vault import open_vault
from app.connections import accounts, disconnecting, gates, use
from app.core import tenancy
from app.core.db import db
from app.core.errors import LeaderError, RetryableError
from app.core.services import services

log = structlog.get_logger()

MOST = 5
"""Deletions in one job, of half a minute each at worst, since RQ ends a job after three; the rest is due at the next
bell."""


def read_accounts(company_id: str, connection_id: str) -> None:
    """Read the ad accounts of one connection, if that is wanted."""
    tenancy.serve(db.session(), uuid.UUID(company_id))
    settings, box = services().settings, open_vault(db.session(), services().key_ring)
    with contextlib.suppress(LeaderError):  # the reading meets the same error and notes it
        use.freshen(db.session(), uuid.UUID(connection_id), box, settings)
    db.session.commit()
    accounts.read(db.session(), uuid.UUID(connection_id), box, settings)
    db.session.commit()


def finish_disconnecting() -> None:
    """Try again what Google has not confirmed yet. What goes wrong with one must not keep the others waiting."""
    due = gates.due_disconnections(db.session(), MOST)
    for company_id, connection_id in due:
        db.session.remove()
        tenancy.serve(db.session(), company_id)
        try:
            disconnecting.finish(
                db.session(), connection_id, key_ring=services().key_ring, settings=services().settings
            )
            db.session.commit()
        except RetryableError:  # still in use: due again at the next bell
            db.session.rollback()
        except Exception:
            db.session.rollback()
            log.exception("disconnection_interrupted", connection=str(connection_id))
