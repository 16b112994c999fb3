"""What workers do for connections. Each finds in the database what is due: it may be rung for twice."""

import contextlib
import uuid
from datetime import timedelta

import structlog
from rq.timeouts import JobTimeoutException

from app.companies.vault import open_vault
from app.connections import accounts, disconnecting, gates, health, use
from app.core import tenancy
from app.core.crypto import SealError
from app.core.db import db
from app.core.errors import LeaderError, RetryableError
from app.core.services import services

log = structlog.get_logger()

MOST_CHECKS = 10
CHECK_EVERY = timedelta(hours=6)
MOST = 5
"""Deletions in one job, of half a minute each at worst, since RQ ends a job after three; the rest is due at the next
bell."""


def read_accounts(company_id: str, connection_id: str) -> None:
    """Read the ad accounts of one connection, if that is wanted."""
    tenancy.serve(db.session(), uuid.UUID(company_id))
    try:
        settings, box = services().settings, open_vault(db.session(), services().key_ring)
    except SealError as error:
        accounts.give_up(db.session(), uuid.UUID(connection_id), error)
        db.session.commit()
        return
    with contextlib.suppress(LeaderError):  # the reading meets the same error and notes it
        use.freshen(db.session(), uuid.UUID(connection_id), box, settings)
    db.session.commit()
    accounts.read(db.session(), uuid.UUID(connection_id), box, settings)
    db.session.commit()


def read_forgotten() -> None:
    """Read the accounts whose bell was lost."""
    due = gates.due_account_readings(db.session(), MOST)
    db.session.remove()
    for company_id, connection_id in due:
        try:
            read_accounts(str(company_id), str(connection_id))
        except JobTimeoutException:
            raise
        except Exception:
            log.exception("reading_interrupted", connection=str(connection_id))
        finally:
            db.session.remove()


def check_connections() -> None:
    """Look whether each permission still works. What goes wrong with one must not keep the others waiting."""
    due = gates.claim_connections_to_check(db.session(), MOST_CHECKS, CHECK_EVERY)
    db.session.commit()
    for company_id, connection_id in due:
        db.session.remove()
        tenancy.serve(db.session(), company_id)
        try:
            box = open_vault(db.session(), services().key_ring)
            health.check(db.session(), connection_id, box, services().settings)
            db.session.commit()
        except JobTimeoutException:
            raise
        except Exception:
            db.session.rollback()
            log.exception("check_interrupted", connection=str(connection_id))


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
