"""The outbox across companies: the one statement that claims what is due."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

_CLAIM = text("SELECT company_id, upload_id, claim, was FROM claim_conversion_uploads(:most, :lease)")


@dataclass(frozen=True)
class Claimed:
    """An upload that this worker holds until the lease ends. `claim` is its fence; `was` the state before."""

    company_id: uuid.UUID
    upload_id: uuid.UUID
    claim: int
    was: str


def claim(session: Session, *, most: int, lease: timedelta) -> list[Claimed]:
    """Claim up to `most` due uploads of any company. Commit before acting on them."""
    return [Claimed(*row) for row in session.execute(_CLAIM, {"most": most, "lease": lease})]
