"""Publishing: the quarter that ended last, once, from one snapshot.

A release that exists is never made anew, whatever has changed since. What it may spend is on the ledger: the releases
of the last year together stay within BUDGET.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.attribution.channels import CHANNELS
from app.statistics import bounds, gates
from app.statistics.bounds import Leads
from app.statistics.models import StatisticsRelease
from app.statistics.noise import noisy
from app.statistics.quarters import Quarter, last_full

EPSILON, BUDGET = 1000, 4000
"""Thousandths: of one release, and of a year."""
_YEAR = timedelta(days=364)
ANSWERS = ("hour", "day", "week", "later", "none")
TABLES: dict[str, Sequence[str]] = {"channel": CHANNELS, "answer": ANSWERS}
"""Each table with all lines that it can have, whatever the data says."""


def publish(session: Session, now: datetime) -> StatisticsRelease | None:
    """The release of the last full quarter; none when there is one already, or when the year's budget is spent."""
    quarter = last_full(now)
    gates.take_alone(session)
    if session.scalar(select(StatisticsRelease.id).where(StatisticsRelease.quarter == quarter.name)) is not None:
        return None
    if spent(session, now) + EPSILON > BUDGET:
        return None
    accounts = {name: bounds.taking_part(found) for name, found in gates.leads_of_accounts(session, quarter).items()}
    has_crowd = all(accounts.values())
    release = _release(quarter, {name: _table(name, accounts[name]) for name in TABLES} if has_crowd else {})
    release.published_at = now
    session.add(release)
    session.flush()
    return release


def spent(session: Session, now: datetime) -> int:
    """How much of the budget the last year has used, in thousandths."""
    statement = select(func.sum(StatisticsRelease.epsilon_thousandths))
    return int(session.scalar(statement.where(StatisticsRelease.published_at > now - _YEAR)) or 0)


def _release(quarter: Quarter, tables: dict[str, list[tuple[str, int]]]) -> StatisticsRelease:
    return StatisticsRelease(
        quarter=quarter.name,
        first_on=quarter.first_on,
        last_on=quarter.last_on,
        epsilon_thousandths=EPSILON if tables else 0,
        tables=tables,
    )


def _table(name: str, accounts: Sequence[Leads]) -> list[tuple[str, int]]:
    keys = TABLES[name]
    given = [bounds.points(leads, keys) for leads in accounts]
    sums = [sum(column) for column in zip(*given, strict=True)]
    told = noisy(sums, bound=bounds.POINTS, epsilon=EPSILON / 1000 / len(TABLES))
    return [(line.key, line.percent) for line in bounds.shown(keys, accounts, told)]
