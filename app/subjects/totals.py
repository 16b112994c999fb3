"""Totals that stay: before a lead goes, it is counted under its week, channel, stage and range of value."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.core.money import to_major
from app.subjects import gates

_BOUNDS = ((100, "under 100"), (500, "100 to 500"), (2_000, "500 to 2,000"))
_LARGEST = "over 2,000"


def count(
    session: Session,
    *,
    arrived_at: datetime,
    time_zone: str,
    channel: str,
    stage_kind: str,
    value_minor: int | None,
    currency: str,
) -> None:
    """Add one to the cell of a lead that is about to go. Its campaign is left out: too few may share it."""
    gates.add_to_total(
        session,
        week=week(arrived_at, time_zone),
        channel=channel,
        stage_kind=stage_kind,
        value_bucket=bucket(value_minor, currency),
    )


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
