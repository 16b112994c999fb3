"""The job behind the bell: work off the imports that are due, piece by piece."""

import structlog
from rq.timeouts import JobTimeoutException

from app.core import tenancy
from app.core.db import db
from app.imports import gates, taking
from app.imports.gates import Claimed
from app.imports.taking import LostClaimError

log = structlog.get_logger()


def work_off() -> None:
    """One import after the other until none is due."""
    while claimed := gates.claim(db.session(), taking.LEASE):
        db.session.commit()
        db.session.remove()
        _work(claimed)


def purge() -> None:
    """Forget lines that have had their days."""
    gates.purge(db.session())
    db.session.commit()


def _work(claimed: Claimed) -> None:
    """Whatever goes wrong is noted in the row; the pieces before it stay."""
    tenancy.serve(db.session(), claimed.company_id)
    try:
        while taking.work(db.session(), claimed):
            db.session.commit()
        db.session.commit()
    except LostClaimError:
        db.session.rollback()
    except JobTimeoutException:
        db.session.rollback()
        raise
    except Exception as error:
        db.session.rollback()
        log.exception("import_interrupted", import_id=str(claimed.import_id))
        _note(claimed, type(error).__name__)
    finally:
        db.session.remove()


def _note(claimed: Claimed, problem: str) -> None:
    try:
        taking.give_back(db.session(), claimed, problem)
        db.session.commit()
    except LostClaimError:
        db.session.rollback()
