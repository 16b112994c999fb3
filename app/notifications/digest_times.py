"""When a digest is due: at eight in the morning where the company is, daily or on Mondays."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_HOUR = 8
_MONDAY = 0


def next_due(digest: str, zone: str, now: datetime) -> datetime:
    """The first such moment after `now`, also on a day on which the clocks change."""
    local = now.astimezone(ZoneInfo(zone))
    day = local.date()
    while True:
        due = datetime(day.year, day.month, day.day, _HOUR, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        if due > now and (digest != "weekly" or day.weekday() == _MONDAY):
            return due
        day += timedelta(days=1)
