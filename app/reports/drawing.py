"""Where the pieces of a chart stand. Bars begin at zero, and a chart's figures can be read as a table too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.attribution.credit import WHOLE
from app.reports import words
from app.reports.periods import Period

WIDTH, HEIGHT = 720, 200
_DAILY = 62
_WEEKLY = 400
SERIES = 5
"""Most colours in one chart; what comes after them is drawn together."""


@dataclass(frozen=True)
class Piece:
    """One part of a column, in the chart's units from its upper left corner. `series` is a number from 0."""

    series: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Column:
    """The days from `first` to `last` together; `parts` are the leads of each series as words."""

    first: date
    last: date
    total: str
    parts: Sequence[str]
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class Columns:
    """A stacked chart over time. `marks` are (height from the top, words) of the lines behind the columns."""

    series: Sequence[str]
    columns: Sequence[Column]
    marks: Sequence[tuple[float, str]]


def over_time(figures: Mapping[tuple[date, str], int], period: Period, *, rest: str) -> Columns:
    """Millionths of leads by (day, answer) as columns of days, weeks or months; answers beyond the most frequent
    stand together as `rest`."""
    totals: dict[str, int] = {}
    for (_, key), leads in figures.items():
        totals[key] = totals.get(key, 0) + leads
    ranked = sorted(totals, key=lambda key: (-totals[key], key))
    named = ranked if len(ranked) <= SERIES else ranked[: SERIES - 1]
    series = [*named, rest] if len(named) < len(ranked) else named
    spans = _spans(period)
    sums = [[0] * len(series) for _ in spans]
    for (day, key), leads in figures.items():
        span = next(place for place, (first, last) in enumerate(spans) if first <= day <= last)
        sums[span][series.index(key) if key in named else len(series) - 1] += leads
    top = _round_up(max((sum(each) for each in sums), default=0))
    columns = [
        _column(place, len(spans), span, each, top) for place, (span, each) in enumerate(zip(spans, sums, strict=True))
    ]
    marks = [(HEIGHT - HEIGHT * part / 4, words.leads(top * part // 4)) for part in (1, 2, 3, 4) if top * part % 4 == 0]
    return Columns(series, columns, marks)


def _column(place: int, count: int, span: tuple[date, date], parts: Sequence[int], top: int) -> Column:
    slot = WIDTH / count
    width = max(1.0, slot * 0.76)
    pieces, floor = [], float(HEIGHT)
    for series, leads in enumerate(parts):
        height = HEIGHT * leads / top if top else 0.0
        floor -= height
        if leads:
            x = place * slot + (slot - width) / 2
            pieces.append(Piece(series, round(x, 2), round(floor, 2), round(width, 2), round(height, 2)))
    return Column(*span, words.leads(sum(parts)), [words.leads(part) for part in parts], pieces)


def _spans(period: Period) -> list[tuple[date, date]]:
    """Days, weeks from Monday, or months: so many that columns can be told apart."""
    spans, first = [], period.first
    while first <= period.last:
        last = min(_end(first, period.days), period.last)
        spans.append((first, last))
        first = last + timedelta(days=1)
    return spans


def _end(first: date, days: int) -> date:
    if days <= _DAILY:
        return first
    if days <= _WEEKLY:
        return first + timedelta(days=6 - first.weekday())
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _round_up(millionths: int) -> int:
    """The top of the scale: the next of 4, 8, 20, 40, 80, 200 … leads, so that quarters are whole."""
    step = 4
    while True:
        for factor in (1, 2, 5):
            if millionths <= step * factor * WHOLE:
                return step * factor * WHOLE
        step *= 10
