"""Quarters of the calendar, in UTC: companies of all zones are counted together."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta


@dataclass(frozen=True)
class Quarter:
    """Three months; `last_on` belongs to it."""

    first_on: date
    last_on: date

    @property
    def name(self) -> str:
        return f"{self.first_on.year}-Q{self.first_on.month // 3 + 1}"

    @property
    def begins_at(self) -> datetime:
        return datetime.combine(self.first_on, time(), UTC)

    @property
    def ends_at(self) -> datetime:
        """The first instant after it."""
        return datetime.combine(self.last_on + timedelta(days=1), time(), UTC)


def last_full(now: datetime) -> Quarter:
    """The quarter that ended last."""
    today = now.astimezone(UTC).date()
    this_one = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    last_on = this_one - timedelta(days=1)
    return Quarter(date(last_on.year, last_on.month - 2, 1), last_on)
