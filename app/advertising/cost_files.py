"""Costs from files, for ad accounts that Google's interface does not tell of.

1. A file is looked at first and counts only when somebody says so. The same file again is the same row.
2. For each day the file that was put to use last holds, whole; days of earlier files stay. Undoing one brings back
   what the others say.
3. What Google told of an account's day itself is never added to by a file, and takes its place when it comes later.
4. So the rows of a span can be made anew at any time from the files in use, with the same result.
"""

import uuid
from dataclasses import asdict
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.advertising import gates
from app.advertising.cost_table import CostTable, Wanted, read
from app.advertising.models import AdCost, AdReading, CostFile
from app.connections.models import AdAccount
from app.core import events
from app.core.clock import utc_now
from app.core.errors import NotFoundError
from app.core.events import Actor
from app.core.words import gettext as _
from app.leads.contact import one_line

MOST_REFUSED = 500
"""So many reasons are kept; the number of all is kept beside them."""


def take_in(session: Session, content: bytes, wanted: Wanted, *, name: str, actor: Actor) -> CostFile:
    """Keep what the file says, without counting it. Raises InvalidInputError for what is no table of costs."""
    digest = sha256(f"{wanted.currency} {wanted.is_month_first} ".encode() + content).hexdigest()
    gates.lock_costs(session, wanted.customer_id)
    known = session.scalar(
        select(CostFile).where(CostFile.customer_id == wanted.customer_id, CostFile.digest == digest)
    )
    if known is not None:
        return known
    file = _describe(read(content, wanted), wanted, digest)
    file.name, file.uploaded_by_name = one_line(name)[:200] or "costs.csv", actor.name
    session.add(file)
    session.flush()
    return file


def find(session: Session, file_id: uuid.UUID, *, for_change: bool = False) -> CostFile:
    """Raises NotFoundError, also for another company's."""
    statement = select(CostFile).where(CostFile.id == file_id)
    if for_change:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    file = session.scalar(statement)
    if file is None:
        raise NotFoundError(_("There is no such file."))
    return file


def use(session: Session, file_id: uuid.UUID, *, actor: Actor) -> CostFile:
    """Count it from now on. Twice is once."""
    file = find(session, file_id, for_change=True)
    if file.state != "used":
        file.state, file.used_at = "used", utc_now()
        session.flush()
        settle(session, file.customer_id, file.first_day, file.last_day)
        events.record(session, "costs.file_used", actor=actor, file_id=str(file.id))
    return file


def undo(session: Session, file_id: uuid.UUID, *, actor: Actor) -> CostFile:
    """Count it no more. Twice is once."""
    file = find(session, file_id, for_change=True)
    if file.state == "used":
        file.state = "undone"
        session.flush()
        settle(session, file.customer_id, file.first_day, file.last_day)
        events.record(session, "costs.file_undone", actor=actor, file_id=str(file.id))
    return file


def forget(session: Session, file_id: uuid.UUID) -> None:
    """Delete a file that does not count."""
    file = find(session, file_id, for_change=True)
    if file.state != "used":
        session.delete(file)


def settle(session: Session, customer_id: str, first: date, last: date) -> None:
    """Make the rows of the span anew from the files in use and from what Google told; the caller commits."""
    gates.lock_costs(session, customer_id)
    gates.forget_file_costs(session, customer_id, first, last)
    days = _days_by_file(session, customer_id, first, last)
    told = told_by_google(session, customer_id, first, last)
    for file, held in days:
        rows = [row for row in file.rows if (day := date.fromisoformat(row["day"])) in held and day not in told]
        gates.keep_campaigns(session, _campaigns(customer_id, rows))
        gates.keep_costs(session, (_cost(file, row) for row in rows))


def told_by_google(session: Session, customer_id: str, first: date, last: date) -> set[date]:
    """The days of the span of which Google told the costs, if only that there were none."""
    days = set(
        session.scalars(
            select(AdCost.day)
            .where(AdCost.customer_id == customer_id, AdCost.source == "api", AdCost.day.between(first, last))
            .distinct()
        )
    )
    spans = session.execute(
        select(AdReading.first_day, AdReading.last_day)
        .join(AdAccount, AdAccount.id == AdReading.ad_account_id)
        .where(AdAccount.customer_id == customer_id, AdReading.kind == "costs", AdReading.read_at.is_not(None))
        .where(AdReading.first_day <= last, AdReading.last_day >= first)
    )
    for begin, end in spans:
        days |= {begin + timedelta(days=number) for number in range((end - begin).days + 1)}
    return days


def _days_by_file(session: Session, customer_id: str, first: date, last: date) -> list[tuple[CostFile, set[date]]]:
    """Each file in use with the days that are its own: those that no later file tells of."""
    files = session.scalars(
        select(CostFile)
        .where(CostFile.customer_id == customer_id, CostFile.state == "used")
        .where(CostFile.first_day <= last, CostFile.last_day >= first)
        .order_by(CostFile.used_at.desc(), CostFile.id.desc())
    )
    taken: set[date] = set()
    found = []
    for file in files:
        own = {day for row in file.rows if first <= (day := date.fromisoformat(row["day"])) <= last} - taken
        taken |= own
        found.append((file, own))
    return found


def _describe(table: CostTable, wanted: Wanted, digest: str) -> CostFile:
    days = [day for day, _campaign in table.sums]
    return CostFile(
        customer_id=wanted.customer_id,
        currency=wanted.currency,
        digest=digest,
        columns=table.columns,
        rows=[
            {"day": day.isoformat(), "campaign_id": campaign_id, **asdict(found)}
            for (day, campaign_id), found in sorted(table.sums.items())
        ],
        refused=[list(each) for each in table.refused[:MOST_REFUSED]],
        refused_number=len(table.refused),
        lines=table.lines,
        first_day=min(days),
        last_day=max(days),
    )


def _campaigns(customer_id: str, rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    names = {row["campaign_id"]: row["name"] for row in rows}
    return [
        {"customer_id": customer_id, "campaign_id": campaign_id, "name": name, "channel_type": ""}
        for campaign_id, name in names.items()
    ]


def _cost(file: CostFile, row: dict[str, Any]) -> gates.CostRow:
    return gates.CostRow(
        day=date.fromisoformat(row["day"]),
        customer_id=file.customer_id,
        campaign_id=row["campaign_id"],
        cost_minor=row["cost_minor"],
        currency=file.currency,
        clicks=row["clicks"],
        impressions=row["impressions"],
        source="file",
    )
