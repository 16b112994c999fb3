"""What workers do for recordings. Each finds in the database what is due: it may be rung for twice."""

import contextlib
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice

import structlog
from rq.timeouts import JobTimeoutException

from app.calls import queries as call_queries
from app.calls.recordings import deleting, fetching, gates, keeping
from app.calls.recordings.fetching import Errand, LostClaimError
from app.calls.recordings.gates import Claimed
from app.companies.vault import open_vault
from app.core import tenancy
from app.core.clock import utc_now
from app.core.db import db
from app.core.errors import LeaderError, PermanentError, RetryableError
from app.core.services import services
from app.core.words import gettext as _
from app.integrations.storage import storage_of

log = structlog.get_logger()

LONGEST_RUN = 600.0
_BATCH = 200
_FRESH = timedelta(hours=1)
"""A file that young may be one that is being written."""


def fetch_due() -> None:
    """Fetch one recording after the other until none is due."""
    for claimed in _claims(lambda: gates.claim_fetch(db.session(), fetching.LEASE)):
        _fetch(claimed)


def delete_due() -> None:
    """Delete one after the other, here and at the provider, until nothing is due."""
    for claimed in _claims(lambda: gates.claim_deletion(db.session(), deleting.LEASE)):
        _delete(claimed)


def end_due() -> None:
    """Delete recordings whose days are over. What goes wrong with one company must not keep the others."""
    shortest = utc_now() - timedelta(days=min(keeping.CHOICES))
    for company_id in gates.companies(db.session(), shortest):
        db.session.remove()
        try:
            tenancy.serve(db.session(), company_id)
            while _end_some():
                pass
        except JobTimeoutException:
            raise
        except Exception:
            db.session.rollback()
            log.exception("recordings_interrupted", company=str(company_id))


def sweep() -> None:
    """Delete files that no recording answers for: left by a worker that died, or by a restored backup."""
    storage, before = storage_of(services().settings), utc_now() - _FRESH
    old = (name for name, written_at in storage.names(fetching.KIND) if written_at < before)
    while names := list(islice(old, _BATCH)):
        for name in gates.unwanted(db.session(), names):
            storage.delete(name)


def _claims(claim: Callable[[], Claimed | None]) -> Iterator[Claimed]:
    """One at a time, so that the lease of one is not spent on waiting for another; each in a session of its company."""
    end = time.monotonic() + LONGEST_RUN
    while time.monotonic() < end and (claimed := claim()):
        db.session.commit()
        db.session.remove()
        tenancy.serve(db.session(), claimed.company_id)
        try:
            yield claimed
        finally:
            db.session.remove()


def _fetch(claimed: Claimed) -> None:
    errand: Errand | None = None
    try:
        if claimed.attempts > fetching.MOST_ATTEMPTS:  # its workers died
            raise PermanentError(_("The recording could not be fetched."), reason="interrupted")
        errand = fetching.begin(db.session(), claimed, open_vault(db.session(), services().key_ring))
        db.session.commit()
        found = fetching.carry(errand, services().settings)
        fetching.finish(db.session(), claimed, found)
        db.session.commit()
    except LostClaimError:
        db.session.rollback()
        _discard(errand)
    except LeaderError as error:
        db.session.rollback()
        log.info("recording_not_fetched", recording=str(claimed.row_id), reason=error.reason)
        _discard(errand)
        _give_back(claimed, error)


def _give_back(claimed: Claimed, error: LeaderError) -> None:
    with contextlib.suppress(LostClaimError):
        fetching.give_back(db.session(), claimed, error)
        db.session.commit()
    db.session.rollback()


def _discard(errand: Errand | None) -> None:
    """What cannot be deleted now goes with the sweep."""
    if errand:
        with contextlib.suppress(RetryableError):
            storage_of(services().settings).delete(errand.file_name)


def _delete(claimed: Claimed) -> None:
    with contextlib.suppress(LostClaimError):
        if claimed.attempts > deleting.MOST_ATTEMPTS:  # its workers died
            deleting.again(db.session(), claimed)
        else:
            _carry(claimed)
        db.session.commit()
    db.session.rollback()


def _carry(claimed: Claimed) -> None:
    """Permanent errors are tried again too: keys come back, and names lead elsewhere."""
    try:
        row, remote = deleting.errand(db.session(), claimed, open_vault(db.session(), services().key_ring))
        file_name = row.file_name
        db.session.commit()
        deleting.settle(db.session(), claimed, deleting.carry(file_name, remote, services().settings))
    except LeaderError as error:
        db.session.rollback()
        log.info("recording_not_deleted", recording=str(claimed.row_id), reason=error.reason)
        deleting.again(db.session(), claimed)


def _end_some() -> bool:
    """One batch of the served company. False when nothing is left."""
    rule, now = keeping.read(call_queries.settings(db.session())), utc_now()
    due = gates.over(db.session(), now - timedelta(days=rule.in_force(now)), _BATCH)
    for recording_id in due:
        deleting.delete(db.session(), recording_id, reason="over")
    db.session.commit()
    return bool(due)
