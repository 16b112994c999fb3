"""What runs out soon: sales that Google does not have yet, and that it takes for a few days more only."""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conversions.models import ConversionUpload
from app.conversions.outbox import is_open
from app.conversions.receipts import UPLOADED_AS_FILE
from app.conversions.verdicts import explain
from app.core.clock import utc_now
from app.core.money import format_money
from app.leads.models import Lead

SOON = timedelta(days=10)
MOST = 200


class _Row(NamedTuple):
    upload_id: uuid.UUID
    lead_id: uuid.UUID
    name: str
    email: str
    state: str
    reason: str
    value_minor: int
    currency: str
    deadline_at: datetime | None


@dataclass(frozen=True)
class Expiring:
    """`rows`: the most urgent first. `value`: what they are worth together, in words."""

    rows: list[_Row]
    value: str


def expiring(session: Session) -> Expiring:
    """What expires within ten days and can still be saved."""
    now = utc_now()
    found = session.execute(
        select(
            ConversionUpload.id,
            ConversionUpload.lead_id,
            Lead.name,
            Lead.email,
            ConversionUpload.state,
            ConversionUpload.reason,
            ConversionUpload.value_minor,
            ConversionUpload.currency,
            ConversionUpload.deadline_at,
        )
        .join(Lead, Lead.id == ConversionUpload.lead_id)
        .where(
            ConversionUpload.deadline_at.between(now, now + SOON),
            ConversionUpload.state.not_in(("accepted", "sent")),
            ConversionUpload.version == 1,
        )
        .order_by(ConversionUpload.deadline_at)
        .limit(MOST)
    )
    rows = [row for row in (_Row(*row) for row in found) if can_be_saved(row.state, row.reason)]
    return Expiring(rows, total(rows))


def can_be_saved(state: str, reason: str) -> bool:
    """True when the company can still do something, or Leader is about to."""
    if reason == UPLOADED_AS_FILE:
        return False
    return is_open(state) or state == "parked" or (bool(reason) and explain(reason).kind == "fix")


def total(rows: list[_Row]) -> str:
    """The sum in each currency: "£4,100 + €200"."""
    sums: dict[str, int] = defaultdict(int)
    for row in rows:
        sums[row.currency] += row.value_minor
    return " + ".join(format_money(minor, currency) for currency, minor in sums.items())
