"""Figures as lines: name, value, unit, ratio to the floor of the same run, goal."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """What a ratio or a value should not exceed, or not fall below."""

    bound: float
    is_most: bool = True

    def words(self, reached: float) -> str:
        sign = "<=" if self.is_most else ">="
        is_met = reached <= self.bound if self.is_most else reached >= self.bound
        return f"{sign} {self.bound:g} {'met' if is_met else 'MISSED'}"


@dataclass(frozen=True)
class Figure:
    """One measured thing. A goal is about the ratio where there is one, else about the value."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    goal: Goal | None = None
    note: str = ""

    def cells(self) -> list[str]:
        reached = self.value if self.ratio is None else self.ratio
        return [
            self.name,
            _number(self.value),
            self.unit,
            "" if self.ratio is None else f"{self.ratio:.2f}x",
            self.goal.words(reached) if self.goal else "",
            self.note,
        ]


def lines(figures: Iterable[Figure]) -> list[str]:
    """The figures under a heading, in columns."""
    heading = ["figure", "value", "unit", "to floor", "goal", ""]
    table = [heading, *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in table) for column in range(len(heading))]
    return [_line(row, widths) for row in table]


def _line(row: list[str], widths: list[int]) -> str:
    """Numbers stand to the right, words to the left."""
    placed = [
        cell.rjust(width) if column in (1, 3) else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(placed).rstrip()


def _number(value: float) -> str:
    if float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:,.2f}" if value < 100 else f"{value:,.0f}"
