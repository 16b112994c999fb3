"""The job behind the bell: work off whatever is due, whichever company it belongs to."""

import time
import uuid
from datetime import timedelta

import structlog
from rq.timeouts import JobTimeoutException

from app.companies.vault import open_vault
from app.conversions import gates, past, trial
from app.conversions.sending import Courier
from app.core import tenancy
from app.core.db import db
from app.core.services import Services, services
from app.integrations.google.uploading import MOST_EVENTS

log = structlog.get_logger()

LONGEST_RUN = 60.0
"""Seconds after which a job leaves the rest to the next bell; RQ would stop it at 180."""

MOST_RULES = 3
PIECE = 50


def send_due() -> None:
    """Claim, carry and settle one request after the other until nothing is due."""
    held = services()
    courier = Courier(held.settings, held.key_ring)
    end = time.monotonic() + LONGEST_RUN
    while time.monotonic() < end and (claimed := _claim(held)):
        _carry(courier, claimed)


def plan_past() -> None:
    """Plan the leads of the last 90 days for the rules of which that was asked, piece by piece."""
    for company_id, mapping_id in gates.due_past_plannings(db.session(), MOST_RULES):
        db.session.remove()
        tenancy.serve(db.session(), company_id)
        target = past.target(db.session(), mapping_id)
        for number, (lead_id, at) in enumerate(past.ready_leads(db.session(), target)):
            past.plan_one(db.session(), target, lead_id, at)
            if number % PIECE == PIECE - 1:
                db.session.commit()
        past.finish(db.session(), mapping_id)
        db.session.commit()


def try_out(company_id: str, upload_id: str) -> None:
    """Ask Google whether it would take an upload."""
    tenancy.serve(db.session(), uuid.UUID(company_id))
    box = open_vault(db.session(), services().key_ring)
    trial.run(db.session(), uuid.UUID(upload_id), box, services().settings)
    db.session.commit()


def _claim(held: Services) -> list[gates.Claimed]:
    """One request at a time, so that the lease of one is not spent on waiting for another."""
    lease = timedelta(seconds=held.settings.conversion_lease_seconds)
    claimed = gates.claim(db.session(), most=MOST_EVENTS, enough=held.settings.conversion_batch_from, lease=lease)
    db.session.commit()
    db.session.remove()
    return claimed


def _carry(courier: Courier, claimed: list[gates.Claimed]) -> None:
    """Whatever goes wrong here is tried again when the lease ends; it must not keep the others waiting."""
    try:
        tenancy.serve(db.session(), claimed[0].company_id)
        while (trip := courier.prepare(db.session(), claimed)) and trip.is_renewed:
            db.session.commit()
        if trip:
            courier.carry(db.session(), trip)
        db.session.commit()
    except JobTimeoutException:
        db.session.rollback()
        raise
    except Exception:
        db.session.rollback()
        log.exception("upload_interrupted", upload=str(claimed[0].upload_id), claim=claimed[0].claim)
    finally:
        db.session.remove()
