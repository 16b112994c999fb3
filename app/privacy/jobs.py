"""Periodic work of this feature. Each job finds in the database what is due: it may be rung for twice."""

import time

import structlog

from app.core import tenancy
from app.core.db import db
from app.core.services import services
from app.privacy import gates, incineration, ledger

log = structlog.get_logger()

MOST = 20
LONGEST_RUN = 60.0
"""Seconds after which a job leaves the rest to the next bell; RQ would stop it at 180."""


def incinerate_due() -> None:
    """Erase the accounts whose time to come back is over. What goes wrong with one must not keep the others."""
    end = time.monotonic() + LONGEST_RUN
    for company_id in gates.due_incinerations(db.session(), MOST):
        db.session.remove()
        tenancy.serve(db.session(), company_id)
        try:
            for _step in incineration.steps(db.session(), services()):
                db.session.commit()
                if time.monotonic() > end:
                    return
        except Exception:
            db.session.rollback()
            log.exception("incineration_interrupted", company=str(company_id))


def copy_ledger() -> None:
    """Keep the copy of the erasure ledger up to date."""
    ledger.copy(db.session(), services().settings)
    db.session.commit()
