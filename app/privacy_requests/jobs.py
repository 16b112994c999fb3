"""Periodic work: requests that are passed on, and old ones that go."""

import structlog
from rq.timeouts import JobTimeoutException

from app.core import tenancy
from app.core.db import db
from app.privacy_requests import gates, passing

log = structlog.get_logger()

MOST = 20


def pass_on() -> None:
    """Give each confirmed request of somebody who does not know the company to those that hold the address."""
    for passed in gates.due_passed(db.session(), MOST):
        try:
            _pass_on(passed)
        except JobTimeoutException:
            raise
        except Exception:  # it is due again at the next bell, and keeps no other one waiting
            db.session.rollback()
            log.exception("privacy_request_not_passed_on", request=str(passed.id))


def _pass_on(passed: gates.Passed) -> None:
    for company_id in passed.companies:
        db.session.remove()
        tenancy.serve(db.session(), company_id)
        passing.hand_over(db.session(), passed)
        db.session.commit()
    db.session.remove()
    gates.settle_passed(db.session(), passed.id)
    db.session.commit()
    log.info("privacy_request_passed_on", request=str(passed.id), companies=len(passed.companies))


def purge() -> None:
    """Requests that nobody confirmed for a month, those that were passed on a month ago or settled three years ago."""
    gates.purge(db.session())
    db.session.commit()
