"""Totals that stay: before leads go, whatever they go for, they are counted in cells in which nobody stands alone.

These are the only figures that remain of them; reports count them beside the leads that are there. Tests, samples and
spam never were in any total.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.attribution.models import Touchpoint
from app.companies.models import Company
from app.core.money import to_major
from app.leads.models import Lead, Stage
from app.subjects import gates
from app.subjects.cells import Cell, spread

_BOUNDS = ((100, "under 100"), (500, "100 to 500"), (2_000, "500 to 2,000"))
_LARGEST = "over 2,000"


@dataclass
class Measures:
    """What is summed in a cell. Money is that of won leads, each rounded to two digits."""

    leads: int = 0
    quotable: int = 0
    answered: int = 0
    value_minor: int = 0


def leave(session: Session, leads: Sequence[Lead]) -> None:
    """Count those of the leads that count. The caller deletes them in the same transaction."""
    counted = [lead for lead in leads if not (lead.is_test or lead.is_spam or lead.is_demo)]
    sums: dict[Cell, Measures] = defaultdict(Measures)
    for lead, exact, cell in _placed(session, counted):
        found = sums[cell]
        found.leads += 1
        if not cell.is_bare:
            found.quotable += lead.quotable == "yes"
            found.answered += lead.answered_at is not None
            found.value_minor += two_digits(lead.value_minor or 0) if exact.stage_kind == "won" else 0
    for cell, measures in sums.items():
        gates.add_to_total(session, cell._asdict(), vars(measures))


def week(at: datetime, time_zone: str) -> date:
    """The Monday of the instant's week in the company's zone."""
    day = at.astimezone(ZoneInfo(time_zone)).date()
    return day - timedelta(days=day.weekday())


def bucket(value_minor: int | None, currency: str) -> str:
    """The range of a value in whole units of its currency; empty when there is none."""
    if value_minor is None:
        return ""
    if value_minor == 0:
        return "0"
    amount = to_major(value_minor, currency)
    return next((words for bound, words in _BOUNDS if amount < bound), _LARGEST)


def two_digits(amount: int) -> int:
    """The amount rounded to two significant digits: 125050 -> 130000."""
    return round(amount, 2 - len(str(amount)))


def _placed(session: Session, leads: Sequence[Lead]) -> list[tuple[Lead, Cell, Cell]]:
    """(lead, the cell that says everything, the cell in which it is counted)."""
    zone = session.scalars(select(Company.time_zone)).one()
    kinds = {row.id: row.kind for row in session.execute(select(Stage.id, Stage.kind))}
    campaigns = _campaigns(session, [lead.id for lead in leads])
    exact = [
        Cell(
            week(lead.created_at, zone),
            lead.channel,
            campaigns.get(lead.id, ""),
            kinds[lead.stage_id],
            bucket(lead.value_minor, lead.currency),
            lead.currency,
        )
        for lead in leads
    ]
    held = gates.totals(session) if leads else {}
    return list(zip(leads, exact, spread(exact, held), strict=True))


def _campaigns(session: Session, lead_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The last campaign of each lead that has one."""
    statement = (
        select(Touchpoint.lead_id, Touchpoint.utm)
        .where(Touchpoint.lead_id.in_(lead_ids))
        .order_by(Touchpoint.occurred_at)
    )
    return {row.lead_id: row.utm["utm_campaign"] for row in session.execute(statement) if row.utm.get("utm_campaign")}
