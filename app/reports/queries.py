"""Reading the daily figures. A report's statement touches one index and as many rows as there are days and answers."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.reports.figures import Sums
from app.reports.models import DailyFigure
from app.reports.periods import Period

_MONTHS = 24
_COUNTS = ("leads", "quotable", "won", "lost", "answered")


@dataclass
class Totals:
    """Figures of one answer: millionths of leads, and money won by currency."""

    counts: Sums = field(default_factory=Sums)
    money: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def merge(self, other: "Totals") -> None:
        self.counts.add(other.counts)
        for currency, minor in other.money.items():
            self.money[currency] += minor

    def add(self, counts: Sums, currency: str, value_minor: int) -> None:
        self.counts.add(counts)
        if value_minor:
            self.money[currency] += value_minor


def by_key(session: Session, dimension: str, period: Period, model: str = "") -> Mapping[str, Totals]:
    """The figures of each answer to the question in the period."""
    sums = [func.sum(getattr(DailyFigure, name)) for name in (*_COUNTS, "value_minor")]
    statement = (
        select(DailyFigure.key, DailyFigure.currency, *sums)
        .where(
            DailyFigure.dimension == dimension,
            DailyFigure.model == model,
            DailyFigure.day.between(period.first, period.last),
        )
        .group_by(DailyFigure.key, DailyFigure.currency)
    )
    found: dict[str, Totals] = defaultdict(Totals)
    for key, currency, *counts, value_minor in session.execute(statement):
        found[key].add(Sums(*map(int, counts)), currency, int(value_minor))
    return found


def total(session: Session, period: Period) -> Totals:
    """All leads of the period."""
    return by_key(session, "total", period).get("", Totals())


def leads_by_day(session: Session, dimension: str, period: Period, model: str) -> Mapping[tuple[date, str], int]:
    """Millionths of leads by (day, answer)."""
    statement = (
        select(DailyFigure.day, DailyFigure.key, func.sum(DailyFigure.leads))
        .where(
            DailyFigure.dimension == dimension,
            DailyFigure.model == model,
            DailyFigure.day.between(period.first, period.last),
        )
        .group_by(DailyFigure.day, DailyFigure.key)
    )
    return {(day, key): int(leads) for day, key, leads in session.execute(statement)}


def won_by_month(session: Session) -> list[tuple[date, Totals]]:
    """(first day of the month in which leads arrived, their figures), the latest first; at most two years."""
    month = func.date_trunc("month", DailyFigure.day)
    sums = [func.sum(getattr(DailyFigure, name)) for name in (*_COUNTS, "value_minor")]
    statement = (
        select(month, DailyFigure.currency, *sums)
        .where(DailyFigure.dimension == "total", DailyFigure.model == "")
        .group_by(month, DailyFigure.currency)
        .order_by(month.desc())
    )
    found: dict[date, Totals] = defaultdict(Totals)
    for first, currency, *counts, value_minor in session.execute(statement):
        found[first.date()].add(Sums(*map(int, counts)), currency, int(value_minor))
    return list(found.items())[:_MONTHS]
