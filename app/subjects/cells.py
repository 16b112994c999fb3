"""Cells of totals: under what a lead is counted when it goes, so that it hides among at least ten.

Each lead is counted as exactly as it can be while its cell holds TOGETHER or more; otherwise one step more generally:
without its campaign, without its value, by month, by year under "Other", and at last as one of all that went in the
year. So the totals of a year always stay, and those of a month or a week wherever they tell of nobody alone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

TOGETHER = 10
_OTHER = "Other"


class Cell(NamedTuple):
    """A row of the totals."""

    week: date
    channel: str
    campaign: str
    stage_kind: str
    value_bucket: str
    currency: str

    @property
    def is_bare(self) -> bool:
        """It says only that so many leads went in a year, which is about nobody, however few they are."""
        return not self.stage_kind


def ways(cell: Cell) -> tuple[Cell, ...]:
    """From the exact cell to the most general one."""
    _, month, year = weeks(cell.week)
    plain = cell._replace(campaign="", value_bucket="")
    return (
        cell,
        cell._replace(campaign=""),
        plain,
        plain._replace(week=month),
        plain._replace(week=year, channel=_OTHER),
        Cell(year, _OTHER, "", "", "", ""),
    )


def weeks(day: date) -> tuple[date, date, date]:
    """The Mondays under which a lead of the day may be counted: of its week, and the first ones of the month and of the
    year in which that week began."""
    monday = day - timedelta(days=day.weekday())
    return monday, _first_monday(monday.replace(day=1)), _first_monday(monday.replace(month=1, day=1))


def spread(cells: Sequence[Cell], held: Mapping[Cell, int]) -> list[Cell]:
    """The cell in which each is counted, in their order. `held`: what the totals hold in each cell already."""
    places: dict[int, Cell] = {}
    for step in range(len(Cell._fields)):
        waiting = [place for place in range(len(cells)) if place not in places]
        wanted = Counter(ways(cells[place])[step] for place in waiting)
        for place in waiting:
            cell = ways(cells[place])[step]
            if cell.is_bare or wanted[cell] + held.get(cell, 0) >= TOGETHER:
                places[place] = cell
    return [places[place] for place in range(len(cells))]


def _first_monday(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)
