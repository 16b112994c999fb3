"""The erasure ledger: what was erased must not come back from a backup.

An entry holds ids that mean nothing any more, and keyed hashes ("marks") of the person's e-mail address and phone
number, by which a restored copy of the same person is known. The key follows from SECRET_KEY and is in no database.
"""

import hmac
import uuid
from collections.abc import Iterable
from hashlib import sha256
from typing import Literal

from sqlalchemy.orm import Session

from app.core.crypto import derived_key
from app.core.tenancy import company_of
from app.privacy.models import LedgerEntry

Kind = Literal["company", "lead", "user"]


def note(session: Session, kind: Kind, subject_id: uuid.UUID, marks: Iterable[str] = ()) -> None:
    """Write down that the subject was erased, in the transaction that erases it."""
    session.add(LedgerEntry(kind=kind, of_company=company_of(session), subject_id=subject_id, marks=sorted(set(marks))))


class Marker:
    """Makes the marks of one company's people. The same address elsewhere has another mark."""

    def __init__(self, secret_key: str, company_id: uuid.UUID) -> None:
        self._key = derived_key(secret_key, f"erasure ledger: {company_id}")

    def marks(self, *, email: str, phone_e164: str) -> list[str]:
        """One for each that is not empty."""
        values = (
            f"email {email.strip().lower()}" if email.strip() else "",
            f"phone {phone_e164}" if phone_e164 else "",
        )
        return [hmac.new(self._key, value.encode(), sha256).hexdigest() for value in values if value]
