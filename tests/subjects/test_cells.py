"""Under what leads are counted when they go: nobody is lost, and nobody stands alone."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as some

from app.subjects.cells import TOGETHER, Cell, spread, ways, weeks

cells = some.builds(
    Cell,
    some.dates(date(2025, 1, 1), date(2025, 3, 1)).map(lambda day: day - timedelta(days=day.weekday())),
    some.sampled_from(["Paid Search", "Direct"]),
    some.sampled_from(["", "spring", "autumn"]),
    some.sampled_from(["won", "lost"]),
    some.sampled_from(["", "under 100"]),
    some.just("GBP"),
)


@given(some.lists(cells, max_size=80), some.dictionaries(cells, some.integers(1, 30), max_size=10))
def test_nobody_is_lost_and_nobody_stands_alone(leads: list[Cell], held: dict[Cell, int]) -> None:
    placed = spread(leads, held)
    assert len(placed) == len(leads)
    for cell, number in Counter(placed).items():
        assert cell.is_bare or number + held.get(cell, 0) >= TOGETHER
    for lead, cell in zip(leads, placed, strict=True):
        assert cell in ways(lead)


@given(cells)
def test_each_way_is_under_a_monday_that_reports_count_anew(cell: Cell) -> None:
    assert {way.week for way in ways(cell)} <= set(weeks(cell.week))
    assert all(week.weekday() == 0 for week in weeks(cell.week))
    week, month, year = weeks(cell.week)
    assert (week.year, week.month) == (month.year, month.month) and week.year == year.year


def test_a_large_cell_stays_exact_and_a_lonely_lead_counts_in_its_year() -> None:
    many = Cell(date(2026, 3, 2), "Paid Search", "spring", "won", "under 100", "GBP")
    lonely = Cell(date(2026, 3, 2), "Email", "", "lost", "", "GBP")
    placed = spread([*[many] * 10, lonely], {})
    assert placed == [*[many] * 10, Cell(date(2026, 1, 5), "Other", "", "", "", "")]


def test_one_more_may_join_a_cell_that_is_large_already() -> None:
    cell = Cell(date(2026, 3, 2), "Email", "", "won", "under 100", "GBP")
    assert spread([cell], {cell: 9}) == [cell]
    assert spread([cell], {cell: 8}) != [cell]
