"""The erasure ledger: what was erased must not come back from a backup.

An entry holds ids that mean nothing any more, and keyed hashes ("marks") of the person's e-mail address and phone
number, by which a restored copy of the same person is known for as long as any backup lives. Their key is in no
database and no backup (`app/core/marks.py`).
"""

import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from sqlalchemy.orm import Session

from app.core.config import Settings
from app.core.marks import Marker
from app.core.tenancy import company_of
from app.privacy import gates
from app.privacy.models import LedgerEntry

_MARGIN_DAYS = 7
"""How much longer than the longest backup an entry is kept."""

Kind = Literal["company", "lead", "user"]


def note(session: Session, kind: Kind, subject_id: uuid.UUID, marks: Iterable[str] = ()) -> None:
    """Write down that the subject was erased, in the transaction that erases it."""
    session.add(LedgerEntry(kind=kind, of_company=company_of(session), subject_id=subject_id, marks=sorted(set(marks))))


def marks(marker: Marker, company_id: uuid.UUID, email: str, phone_e164: str) -> list[str]:
    """The marks of a person: one for the address and one for the number, where there are any."""
    address = email.strip().lower()
    return [
        marker.mark(company_id, value, kind=f"erased {kind}")
        for kind, value in (("email", address), ("phone", phone_e164))
        if value
    ]


def copy(session: Session, settings: Settings) -> None:
    """Forget what no backup can bring back any more, and write the rest to the file that a restore reads: the
    database's own ledger is as old as the backup. The caller commits."""
    gates.purge_ledger(session, settings.backup_days + _MARGIN_DAYS)
    target = file(settings)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".part")
    unfinished.write_text("".join(f"{line}\n" for line in gates.ledger_lines(session)))
    unfinished.replace(target)


def file(settings: Settings) -> Path:
    """Where the copy lies, outside the database."""
    return settings.data_dir / "erasure-ledger.jsonl"
