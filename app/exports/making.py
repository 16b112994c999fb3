"""Making an archive: claimed with a lease, written beside its final name, renamed when it is whole.

A worker may die between any two lines. Before the rename there is only a `.part` that nobody reads; after it, a whole
file that no row calls ready, which the next claim replaces and the sweep deletes. The row becomes ready, the event is
recorded and the mail is posted in one transaction that names the claim: so there is one mail, or none.
"""

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, cast

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.auth.models import User
from app.companies.models import Company
from app.core import events
from app.core.clock import utc_now
from app.core.crypto import SealedBox
from app.core.sealed_files import SealingWriter, new_file_key
from app.core.signing import Signer
from app.core.words import in_language
from app.exports.archive import Archive
from app.exports.bulk import snapshot
from app.exports.gates import Claimed
from app.exports.models import Export
from app.mailing import outbox

LEASE = timedelta(minutes=2)
KEPT = timedelta(days=7)
MOST_ATTEMPTS = 3


class LostClaimError(Exception):
    """Another worker has taken over: leave everything to it."""


@dataclass(frozen=True)
class Draft:
    """What a claim begins with: where to write, with which key."""

    claimed: Claimed
    company: dict[str, str]
    language: str
    """In which the texts of the archive are: the company's."""
    path: Path
    key: str

    @property
    def part(self) -> Path:
        return self.path.with_name(self.path.name + ".part")


def owner_of(export_id: uuid.UUID) -> str:
    """The place that the archive and its key are bound to."""
    return f"exports:{export_id}:sealed_key"


def begin(session: Session, claimed: Claimed, folder: Path, box: SealedBox) -> Draft:
    """Note the file and its key before the file is there, so that none is ever left without a row."""
    key, name = new_file_key(), f"{claimed.export_id}-{claimed.claim}.sealed"
    write(session, claimed, file_name=name, sealed_key=box.seal(key, owner=owner_of(claimed.export_id)))
    company = session.scalars(select(Company)).one()
    return Draft(claimed, {"id": str(company.id), "name": company.name}, company.language, folder / name, key)


def fill(draft: Draft, new_session: Callable[[], Session], signer: Signer, progress: Callable[[int, int], None]) -> int:
    """Write the whole file; its unsealed length. The caller's session takes no part in it."""
    claimed, at = draft.claimed, utc_now()
    draft.part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        in_language(draft.language),
        snapshot(new_session, claimed.company_id) as moment,
        _private(draft.part) as file,
    ):
        writer = SealingWriter(file, draft.key, owner_of(claimed.export_id))
        archive = Archive(cast("IO[bytes]", writer), moment, signer, progress)
        archive.write(draft.company, str(claimed.export_id), at)
        writer.close()
        file.flush()
        os.fsync(file.fileno())
    draft.part.replace(draft.path)
    _keep_name(draft.path.parent)
    return writer.size


def finish(session: Session, draft: Draft, size: int) -> None:
    """Ready, with the event and the mail; commit it as one."""
    now = utc_now()
    write(session, draft.claimed, state="ready", size=size, ready_at=now, expires_at=now + KEPT)
    export = session.scalars(select(Export).where(Export.id == draft.claimed.export_id)).one()
    session.refresh(export)
    events.record(session, "export.ready", export_id=str(export.id))
    person = session.scalars(select(User).where(User.id == export.asked_by)).one_or_none()
    if person:
        values: dict[str, Any] = {"name": person.name, "path": "/settings/data", "days": KEPT.days}
        outbox.post(session, "export_ready", to=person.email, language=person.language, **values)


def give_back(session: Session, claimed: Claimed, problem: str) -> None:
    """After an error: due again soon, or failed for good after so many attempts."""
    if claimed.attempts >= MOST_ATTEMPTS:
        write(session, claimed, state="failed", problem=problem, file_name="", sealed_key="")
        events.record(session, "export.failed", export_id=str(claimed.export_id))
    else:
        write(session, claimed, state="asked", due_at=_soon(seconds=10), problem=problem)


def note(session: Session, claimed: Claimed, done: int, total: int) -> None:
    """How far it is; holds the lease for longer."""
    write(session, claimed, rows_done=done, rows_total=total, due_at=_soon(seconds=LEASE.total_seconds()))


def write(session: Session, claimed: Claimed, **values: object) -> None:
    """Change the row while the claim is ours. Raises LostClaimError."""
    statement = (
        update(Export)
        .where(Export.id == claimed.export_id, Export.claim == claimed.claim, Export.state == "running")
        .values(**values)
        .returning(Export.id)
        .execution_options(synchronize_session=False)
    )
    if session.execute(statement).one_or_none() is None:
        raise LostClaimError


def _soon(seconds: float) -> object:
    return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)


def _private(path: Path) -> IO[bytes]:
    """A new file that only this user may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _keep_name(folder: Path) -> None:
    """A rename is durable once the folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
