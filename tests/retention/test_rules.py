"""When something ends, and under what it is counted then."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.core.errors import InvalidInputError
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
