"""Cells of totals: under what a lead is counted when it goes, so that it hides among at least ten.

Each lead is counted as exactly as it can be while its cell holds TOGETHER or more; otherwise one step more generally:
without its campaign, without its value, by month, by year under "Other", and at last only as one of all that are gone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

TOGETHER = 10
EVER = date(1970, 1, 5)
"""The week of those that are only counted."""
_OTHER = "Other"


class Cell(NamedTuple):
    """A row of the totals."""

    week: date
    channel: str
    campaign: str
    stage_kind: str
    value_bucket: str


def ways(cell: Cell) -> tuple[Cell, ...]:
    """From the exact cell to the most general one."""
    month, year = _monday(cell.week.replace(day=1)), _monday(cell.week.replace(month=1, day=1))
    return (
        cell,
        cell._replace(campaign=""),
        cell._replace(campaign="", value_bucket=""),
        Cell(month, cell.channel, "", cell.stage_kind, ""),
        Cell(year, _OTHER, "", cell.stage_kind, ""),
        Cell(EVER, _OTHER, "", "", ""),
    )


def spread(cells: Iterable[Cell], held: Mapping[Cell, int]) -> Counter[Cell]:
    """How many are added to which cell. `held`: what the totals hold in each cell already."""
    waiting, added = list(cells), Counter[Cell]()
    for step in range(len(ways(waiting[0])) if waiting else 0):
        wanted = Counter(ways(cell)[step] for cell in waiting)
        is_last = step == len(ways(waiting[0])) - 1 if waiting else True
        fits = {cell for cell, number in wanted.items() if number + held.get(cell, 0) >= TOGETHER or is_last}
        added.update({cell: number for cell, number in wanted.items() if cell in fits})
        waiting = [cell for cell in waiting if ways(cell)[step] not in fits]
    return added


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
