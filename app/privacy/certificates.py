"""Deletion certificates: what they say, signing them, and telling a true one from a false one."""

import contextlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import InvalidInputError, NotFoundError
from app.core.signing import Signer, is_signed
from app.core.words import gettext as _
from app.privacy.models import DeletionCertificate

PURPOSE = "deletion certificate"
MOST_CHARACTERS = 20_000
_KEYS = {"certificate", "signature", "public_key"}


@dataclass(frozen=True)
class Verdict:
    """What became of a check. `certificate` is the signed content, none unless it is genuine."""

    is_genuine: bool
    sentence: str
    certificate: dict[str, Any] | None = None


def sign(row: DeletionCertificate, *, ended_at: datetime, signer: Signer, backup_days: int) -> None:
    """Write and sign what the certificate says, and forget whose it was."""
    row.ended_at = ended_at
    content = {
        "what": "Leader deletion certificate",
        "version": 1,
        "number": str(row.id),
        "closed_at": row.closed_at.isoformat(timespec="seconds"),
        "erasure_began_at": row.begun_at.isoformat(timespec="seconds"),
        "erasure_ended_at": ended_at.isoformat(timespec="seconds"),
        "deleted": row.counts,
        "data_key": "destroyed",
        "last_backup_ends_on": (ended_at + timedelta(days=backup_days)).date().isoformat(),
    }
    row.document = canonical(content).decode()
    row.signature, row.public_key = signer.sign(PURPOSE, row.document.encode()), signer.public_key
    row.company_id_until_done = None


def find(session: Session, certificate_id: uuid.UUID) -> DeletionCertificate:
    """A signed certificate. Raises NotFoundError."""
    query = select(DeletionCertificate).where(
        DeletionCertificate.id == certificate_id, DeletionCertificate.signature != ""
    )
    row = session.scalar(query)
    if row is None:
        raise NotFoundError(_("There is no certificate with this number. It is made when the erasure has ended."))
    return row


def as_file(row: DeletionCertificate) -> dict[str, Any]:
    """The certificate as it is handed out and as `check` reads it."""
    return {"certificate": json.loads(row.document), "signature": row.signature, "public_key": row.public_key}


def check(session: Session, text: str, current_key: str) -> Verdict:
    """Whether this is a certificate that this Leader signed, word for word. Raises InvalidInputError for anything
    that is no certificate."""
    given = _read(text)
    if not is_signed(PURPOSE, canonical(given["certificate"]), given["signature"], given["public_key"]):
        return Verdict(False, _("The signature does not fit: this certificate was changed, or never signed."))
    if given["public_key"] not in published_keys(session, current_key):
        return Verdict(False, _("Somebody else signed this certificate: the key is none of Leader's."))
    return Verdict(
        True, _("This certificate is genuine. Leader signed it, and nothing in it was changed."), given["certificate"]
    )


def published_keys(session: Session, current_key: str) -> list[str]:
    """The key of today first, then every key that a certificate was signed with here."""
    used = session.scalars(select(DeletionCertificate.public_key).where(DeletionCertificate.signature != "").distinct())
    return [current_key, *sorted(set(used) - {current_key})]


def canonical(content: Mapping[str, Any]) -> bytes:
    """The one way to write a certificate as JSON: sorted keys, no spaces, ASCII."""
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def _read(text: str) -> dict[str, Any]:
    given: Any = None
    with contextlib.suppress(ValueError, RecursionError):
        given = json.loads(text[: MOST_CHARACTERS + 1])
    is_whole = isinstance(given, dict) and given.keys() >= _KEYS and isinstance(given["certificate"], dict)
    if not is_whole or not isinstance(given["signature"], str) or not isinstance(given["public_key"], str):
        raise InvalidInputError(_("This is not a deletion certificate. Choose the file that you got from Leader."))
    return dict(given)
