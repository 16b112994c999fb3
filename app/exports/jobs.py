"""What workers do for exports. Each finds in the database what is due: it may be rung for twice."""

import time
import uuid
from collections.abc import Callable
from pathlib import Path

import structlog

from app.companies.vault import open_vault
from app.core import tenancy
from app.core.crypto import SealError
from app.core.db import db
from app.core.services import services
from app.core.signing import signer
from app.exports import asking, gates, making
from app.exports.making import Draft, LostClaimError

log = structlog.get_logger()

_EVERY = 1.0
"""Seconds between two notes of progress."""
_FRESH = 900
"""Seconds for which a file without a row is left alone: its row may be about to be committed."""
_MOST = 100


def make_due() -> None:
    """Make one archive after the other until none is due."""
    while claimed := gates.claim(db.session(), making.LEASE):
        db.session.commit()
        db.session.remove()
        tenancy.serve(db.session(), claimed.company_id)
        try:
            _make(claimed)
        finally:
            db.session.remove()


def sweep() -> None:
    """Delete archives whose days are over, and files that no row answers for."""
    for company_id, export_id in gates.due_ends(db.session(), _MOST):
        db.session.remove()
        tenancy.serve(db.session(), company_id)
        asking.end(db.session(), asking.find(db.session(), export_id), _folder(company_id))
        db.session.commit()
    db.session.remove()
    wanted = gates.wanted_files(db.session())
    for path in (services().settings.data_dir / "exports").glob("*/*"):
        if path.name.removesuffix(".part") not in wanted and time.time() - path.stat().st_mtime > _FRESH:
            path.unlink(missing_ok=True)


def _make(claimed: gates.Claimed) -> None:
    """Whatever goes wrong is noted in the row; a file that is not whole is not left behind."""
    draft = None
    try:
        if claimed.attempts > making.MOST_ATTEMPTS:  # its workers died, or it takes longer than a job may
            making.give_back(db.session(), claimed, "interrupted")
            db.session.commit()
            return
        draft = making.begin(
            db.session(), claimed, _folder(claimed.company_id), open_vault(db.session(), services().key_ring)
        )
        db.session.commit()
        size = making.fill(draft, db.session.session_factory, signer(services().settings), _noting(claimed))
        making.finish(db.session(), draft, size)
        db.session.commit()
    except LostClaimError:
        db.session.rollback()
        _discard(draft)
    except Exception as error:
        db.session.rollback()
        _discard(draft)
        log.exception("export_interrupted", export=str(claimed.export_id))
        _note_failure(claimed, "key_shredded" if isinstance(error, SealError) else type(error).__name__)


def _noting(claimed: gates.Claimed) -> Callable[[int, int], None]:
    """Writes the progress down at most once a second, each time in a transaction of its own."""
    due = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal due
        if (now := time.monotonic()) >= due:
            making.note(db.session(), claimed, done, total)
            db.session.commit()
            due = now + _EVERY

    return progress


def _note_failure(claimed: gates.Claimed, problem: str) -> None:
    try:
        making.give_back(db.session(), claimed, problem)
        db.session.commit()
    except LostClaimError:
        db.session.rollback()


def _discard(draft: Draft | None) -> None:
    if draft:
        draft.part.unlink(missing_ok=True)
        draft.path.unlink(missing_ok=True)


def _folder(company_id: uuid.UUID) -> Path:
    return asking.folder(services().settings, company_id)
