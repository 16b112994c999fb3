"""By when the law wants an answer: pure rules, in whole days of the company's own calendar.

GDPR and UK GDPR, article 12(3): one month from receipt, which is the same day of the next month or else that month's
last; one that ends on a weekend or a holiday ends on the next working day. Two months more if the person is told why
within the first.
United Kingdom: the days on which the company waits for proof of identity or for a clarification do not count; a
complaint is acknowledged within 30 days.
California: confirmed within 10 business days, answered within 45 days (45 more if the person is told), and an objection
to sharing or selling obeyed within 15 business days.
"""

import calendar
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays

IsFree = Callable[[date], bool]
"""True on days on which nobody works."""

MONTH, EXTENSION_MONTHS = 1, 2
UK_ACKNOWLEDGE_DAYS = 30
CCPA_CONFIRM_BUSINESS_DAYS, CCPA_ANSWER_DAYS, CCPA_OPT_OUT_BUSINESS_DAYS = 10, 45, 15

LAWS = ("gdpr", "uk", "ccpa")
_SATURDAY = 5


@dataclass(frozen=True)
class Deadlines:
    """`acknowledge_on`: by when the person must have heard from the company, if that has a date of its own."""

    answer_on: date
    extended_on: date
    """The answer's day once the person was told that it takes longer."""
    extend_until: date
    """By when the person must be told so."""
    acknowledge_on: date | None = None


def deadlines(law: str, kind: str, received_on: date, is_free: IsFree, *, paused_days: int = 0) -> Deadlines:
    """The dates of a request. `paused_days` count under the law of the United Kingdom only."""
    if law == "ccpa":
        return _california(kind, received_on, is_free)
    paused = timedelta(days=paused_days if law == "uk" else 0)
    first = working_day(add_months(received_on, MONTH) + paused, is_free)
    return Deadlines(
        answer_on=first,
        extended_on=working_day(add_months(received_on, MONTH + EXTENSION_MONTHS) + paused, is_free),
        extend_until=first,
        acknowledge_on=received_on + timedelta(days=UK_ACKNOWLEDGE_DAYS) if (law, kind) == ("uk", "complain") else None,
    )


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def working_day(day: date, is_free: IsFree) -> date:
    """The day itself, or the next one on which people work."""
    while is_free(day):
        day += timedelta(days=1)
    return day


def add_business_days(day: date, number: int, is_free: IsFree) -> date:
    """The so-many-th working day after the day."""
    while number:
        day += timedelta(days=1)
        number -= not is_free(day)
    return day


def free_days(region: str) -> IsFree:
    """Weekends and public holidays of a country (ISO 3166); weekends alone where its holidays are not known."""
    known = _holidays(region)
    return lambda day: day.weekday() >= _SATURDAY or day in known


def law_of(region: str) -> str:
    """Which clock runs for a company of this country, until somebody knows better."""
    return {"GB": "uk", "US": "ccpa"}.get(region, "gdpr")


def _california(kind: str, received_on: date, is_free: IsFree) -> Deadlines:
    answer_on = received_on + timedelta(days=CCPA_ANSWER_DAYS)
    if kind == "object":
        answer_on = add_business_days(received_on, CCPA_OPT_OUT_BUSINESS_DAYS, is_free)
    return Deadlines(
        answer_on=answer_on,
        extended_on=answer_on if kind == "object" else received_on + timedelta(days=2 * CCPA_ANSWER_DAYS),
        extend_until=answer_on,
        acknowledge_on=add_business_days(received_on, CCPA_CONFIRM_BUSINESS_DAYS, is_free),
    )


@lru_cache(maxsize=64)
def _holidays(region: str) -> Container[date]:
    """Those of England stand for the United Kingdom: the most companies are there."""
    try:
        return holidays.country_holidays(region, subdiv="ENG" if region == "GB" else None)
    except NotImplementedError:
        return ()
