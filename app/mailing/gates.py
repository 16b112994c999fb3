"""The outbox across companies: what is due, what became of it, and what may be forgotten."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

_CLAIM = text("SELECT * FROM claim_mails(:most, :lease)")
_SETTLE = text("SELECT settle_mail(:mail_id, :claim, :state, :reason, :pause)")
_COUNT = text("SELECT count_mails_to(:address, :template, :since)")


@dataclass(frozen=True)
class Claimed:
    """A mail that this worker holds until the lease ends; `claim` is its fence."""

    id: uuid.UUID
    claim: int
    attempts: int
    created_at: datetime
    template: str
    recipient: str
    language: str
    values: dict[str, Any]
    unsubscribe: str


def claim(session: Session, *, most: int, lease: timedelta) -> list[Claimed]:
    """Claim up to `most` due mails of any company or none. Commit before acting on them."""
    return [Claimed(*row) for row in session.execute(_CLAIM, {"most": most, "lease": lease})]


def settle(session: Session, claimed: Claimed, state: str, reason: str = "", pause: timedelta | None = None) -> bool:
    """Write what became of it: sent, failed, or pending again after a pause. False when another worker has taken
    it over."""
    given = {"mail_id": claimed.id, "claim": claimed.claim, "state": state, "reason": reason, "pause": pause}
    return bool(session.execute(_SETTLE, given).scalar_one())


def count_to(session: Session, address: str, template: str, since: datetime) -> int:
    """How many mails of this kind were posted to the address since then, whoever caused them."""
    given = {"address": address, "template": template, "since": since}
    return int(session.execute(_COUNT, given).scalar_one())


def purge(session: Session) -> int:
    """Delete mails that were settled longer ago than their retention; the number."""
    return int(session.execute(text("SELECT purge_mails()")).scalar_one())


def forget_unsent(session: Session, about: uuid.UUID) -> None:
    """Delete the served company's mails that speak of this row and have not left yet."""
    session.execute(text("SELECT forget_unsent_mails(:about)"), {"about": about})
