"""Periods of a report: from a day to a day, both included, in the company's zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.errors import InvalidInputError
from app.core.words import gettext as _

DEFAULT = "30-days"
_LONGEST = timedelta(days=366 * 5)


@dataclass(frozen=True)
class Period:
    """`name` is that of a ready-made period, or "custom"."""

    name: str
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> "Period":
        """The period of the same length that ended the day before."""
        return Period("custom", self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def arguments(self) -> dict[str, str]:
        """The period as it stands in an address."""
        if self.name != "custom":
            return {"period": self.name}
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}


def names() -> dict[str, str]:
    """The ready-made periods with their words."""
    return {
        "7-days": _("Last 7 days"),
        "30-days": _("Last 30 days"),
        "90-days": _("Last 90 days"),
        "this-month": _("This month"),
        "last-month": _("Last month"),
        "this-year": _("This year"),
        "12-months": _("Last 12 months"),
    }


def parse(arguments: Mapping[str, str], today: date) -> Period:
    """The period that an address asks for. Raises InvalidInputError."""
    if arguments.get("from") or arguments.get("to"):
        return _custom(arguments.get("from", ""), arguments.get("to", ""), today)
    name = arguments.get("period") or DEFAULT
    this_month = today.replace(day=1)
    last_month_end = this_month - timedelta(days=1)
    ready = {
        "7-days": (today - timedelta(days=6), today),
        "30-days": (today - timedelta(days=29), today),
        "90-days": (today - timedelta(days=89), today),
        "this-month": (this_month, today),
        "last-month": (last_month_end.replace(day=1), last_month_end),
        "this-year": (today.replace(month=1, day=1), today),
        "12-months": (today - timedelta(days=364), today),
    }
    if name not in ready:
        raise InvalidInputError(_("There is no such period. Choose one from the list."))
    return Period(name, *ready[name])


def _custom(first_text: str, last_text: str, today: date) -> Period:
    try:
        last = date.fromisoformat(last_text) if last_text else today
        first = date.fromisoformat(first_text) if first_text else last
    except ValueError:
        raise InvalidInputError(_("Enter both days of the period, such as 1 March to 31 March.")) from None
    if first > last:
        raise InvalidInputError(_("The period must begin before it ends."))
    if last - first > _LONGEST or first.year < 2000 or last.year > 2200:
        raise InvalidInputError(_("Choose a period of at most five years."))
    return Period("custom", first, last)
