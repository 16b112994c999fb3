"""What workers do for advertising: plan the questions to Google, and put them one after the other."""

import contextlib
import time
from datetime import timedelta

import structlog
from rq.timeouts import JobTimeoutException

from app.advertising import gates, planning, reading
from app.companies.vault import open_vault
from app.connections import use
from app.core import tenancy
from app.core.db import db
from app.core.errors import LeaderError
from app.core.services import services

log = structlog.get_logger()

LEASE = timedelta(seconds=120)
LONGEST_RUN = 60.0
FOLLOW_EVERY = timedelta(hours=6)
MOST_ACCOUNTS = 200


def plan_readings() -> None:
    """Look after every chosen ad account that nobody looked after for some hours."""
    due = gates.claim_accounts_to_follow(db.session(), most=MOST_ACCOUNTS, pause=FOLLOW_EVERY)
    db.session.commit()
    for company_id, ad_account_id in due:
        db.session.remove()
        tenancy.serve(db.session(), company_id)
        planning.follow(db.session(), ad_account_id)
        db.session.commit()


def read_due() -> None:
    """Claim and carry one reading after the other until none is due."""
    end = time.monotonic() + LONGEST_RUN
    while time.monotonic() < end:
        claimed = gates.claim(db.session(), most=1, lease=LEASE)
        db.session.commit()
        db.session.remove()
        if not claimed:
            return
        _carry(claimed[0])


def _carry(claimed: gates.Claimed) -> None:
    """Whatever goes wrong here is tried again when the lease ends; it must not keep the others waiting."""
    try:
        tenancy.serve(db.session(), claimed.company_id)
        settings, box = services().settings, open_vault(db.session(), services().key_ring)
        connection_id = reading.connection_of(db.session(), claimed)
        with contextlib.suppress(LeaderError):  # the reading meets the same error and notes it
            use.freshen(db.session(), connection_id, box, settings)
        db.session.commit()
        reading.read(db.session(), claimed, box, settings)
        db.session.commit()
    except JobTimeoutException:
        db.session.rollback()
        raise
    except Exception:
        db.session.rollback()
        log.exception("reading_interrupted", reading=str(claimed.reading_id), claim=claimed.claim)
    finally:
        db.session.remove()
