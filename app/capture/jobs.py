"""The job behind the bell: make leads of whatever waits in the inbox, whichever company it belongs to."""

import time
import uuid
from datetime import timedelta

import structlog
from rq.timeouts import JobTimeoutException
from sqlalchemy import func, update

from app.capture import gates, intake
from app.capture.models import InboxItem
from app.core import tenancy
from app.core.db import db
from app.core.services import services

log = structlog.get_logger()

LEASE = timedelta(seconds=30)
"""How long a worker may take over an item that it claimed."""

LONGEST_RUN = 60.0
_LONGEST_PAUSE = 3600


def take_in_waiting() -> None:
    """Claim and take in, until nothing waits. One at a time: an item that kills its worker takes no other with it."""
    end = time.monotonic() + LONGEST_RUN
    while time.monotonic() < end and (claimed := gates.claim(db.session(), most=1, lease=LEASE)):
        db.session.commit()
        db.session.remove()
        for company_id, item_id in claimed:
            _take_in(company_id, item_id)


def _take_in(company_id: uuid.UUID, item_id: uuid.UUID) -> None:
    """Whatever goes wrong with one is noted and tried again later; it must not keep the others waiting."""
    tenancy.serve(db.session(), company_id)
    try:
        intake.take_in(db.session(), item_id, services().marker, services().key_ring)
        db.session.commit()
    except JobTimeoutException:
        db.session.rollback()
        raise
    except Exception as error:
        db.session.rollback()
        log.exception("item_not_taken_in", item=str(item_id))
        _note(item_id, type(error).__name__)
    finally:
        db.session.remove()


def _note(item_id: uuid.UUID, problem: str) -> None:
    pause = func.least(_LONGEST_PAUSE, 10 * func.power(2, func.least(InboxItem.attempts, 10)))
    db.session.execute(
        update(InboxItem)
        .where(InboxItem.id == item_id)
        .values(problem=problem, due_at=func.now() + func.make_interval(0, 0, 0, 0, 0, 0, pause))
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
