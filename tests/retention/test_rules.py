"""When something ends, and under what it is counted then."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.core.errors import InvalidInputError
from app.retention.cells import EVER, TOGETHER, Cell, spread, ways
from app.retention.rules import Rule, active_since, ends_at, months_later, parse_months

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-10", -12, "2025-01-10"),
        ("2024-02-29", 12, "2025-02-28"),
    ],
)
def test_months_end_on_a_day_that_exists(at: str, months: int, expected: str) -> None:
    start = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert months_later(start, months).date().isoformat() == expected


def test_a_lead_ends_after_the_months_and_never_before_the_rule_holds() -> None:
    quiet_since = datetime(2026, 1, 1, tzinfo=UTC)
    assert ends_at(quiet_since, Rule("leads")) is None
    assert ends_at(quiet_since, Rule("leads", 12, LONG_AGO)) == datetime(2027, 1, 1, tzinfo=UTC)
    later = datetime(2028, 1, 1, tzinfo=UTC)
    assert ends_at(quiet_since, Rule("leads", 12, later)) == later


@given(some.integers(1_800_000_000, 4_000_000_000), some.integers(1, 120))
def test_what_is_due_has_reached_its_date(at: int, months: int) -> None:
    now = datetime.fromtimestamp(at, UTC)
    quiet_since = active_since(now, months) - timedelta(seconds=1)
    ends = ends_at(quiet_since, Rule("leads", months, LONG_AGO))
    assert ends is not None
    assert ends <= now


@pytest.mark.parametrize("text", ["x", "-1", "1.5", "٣", "99999"])
def test_what_is_no_number_of_months_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        parse_months(text)


cells = some.builds(
    Cell,
    some.dates(date(2025, 1, 1), date(2025, 3, 1)).map(lambda day: day - timedelta(days=day.weekday())),
    some.sampled_from(["Paid Search", "Direct"]),
    some.sampled_from(["", "spring", "autumn"]),
    some.sampled_from(["won", "lost"]),
    some.sampled_from(["", "under 100"]),
)


@given(some.lists(cells, max_size=80), some.dictionaries(cells, some.integers(1, 30), max_size=10))
def test_nobody_is_lost_and_nobody_stands_alone(leads: list[Cell], held: dict[Cell, int]) -> None:
    added = spread(leads, held)
    assert added.total() == len(leads)
    for cell, number in added.items():
        if cell.week != EVER:
            assert number + held.get(cell, 0) >= TOGETHER


def test_a_large_cell_stays_exact_and_a_lonely_lead_does_not() -> None:
    many = Cell(date(2026, 3, 2), "Paid Search", "spring", "won", "under 100")
    lonely = Cell(date(2026, 3, 2), "Email", "", "lost", "")
    assert spread([many] * 10 + [lonely], {}) == Counter({many: 10, ways(lonely)[-1]: 1})
