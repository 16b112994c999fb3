"""What may be published: bounds, thresholds, hidden lines, quarters and noise."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.statistics import bounds
from app.statistics.noise import noisy
from app.statistics.quarters import last_full

KEYS = ("Email", "Direct", "Referral", "SMS")
accounts = some.dictionaries(some.sampled_from([*KEYS, "Unknown"]), some.integers(0, 100_000))


@given(accounts)
def test_each_company_has_the_same_points(leads: dict[str, int]) -> None:
    given_points = bounds.points(leads, KEYS)
    assert sum(given_points) in (0, bounds.POINTS)
    assert all(point >= 0 for point in given_points)
    for key, point in zip(KEYS, given_points, strict=True):
        assert leads.get(key, 0) or not point


def test_a_company_of_a_million_leads_weighs_as_much_as_one_of_ten() -> None:
    assert bounds.points({"Email": 1_000_000}, KEYS) == bounds.points({"Email": 10}, KEYS) == [100, 0, 0, 0]
    assert bounds.points({"Email": 1, "Direct": 1, "SMS": 1}, KEYS) == [34, 33, 0, 33]


@pytest.mark.parametrize(
    ("shares", "is_shown"),
    [
        ([10] * 10, True),
        ([10] * 9 + [9], False),  # 99 leads
        ([12] * 9, False),  # nine companies
        ([34] + [10] * 10, False),  # one has more than a quarter
        ([33] + [9] * 11, True),
        ([34, 34] + [4] * 17, False),  # two have half
    ],
)
def test_a_line_hides_everybody_or_is_hidden(shares: list[int], is_shown: bool) -> None:
    assert bounds.crowd("Email", [{"Email": share} for share in shares]).hides_everybody is is_shown


def test_fewer_than_fifty_companies_say_nothing() -> None:
    one = Counter({"Email": bounds.LEAST_OF_ONE})
    assert len(bounds.taking_part([one] * 50)) == 50
    assert not bounds.taking_part([one] * 49)
    assert not bounds.taking_part([one] * 49 + [Counter({"Email": 9})])


def test_one_hidden_line_takes_the_smallest_with_it() -> None:
    crowd = [{"Email": 50, "Direct": 30, "Referral": 20} for _ in range(60)]
    crowd[0]["SMS"] = 5
    sums = [3000, 1800, 1200, 60]
    assert bounds.shown(KEYS, crowd, sums) == [("Email", 62), ("Direct", 38)]


@given(some.lists(accounts, max_size=60))
def test_no_line_is_shown_that_does_not_hide_everybody(crowd: list[dict[str, int]]) -> None:
    sums = [sum(column) for column in zip(*(bounds.points(one, KEYS) for one in crowd), strict=True)] or [0] * 4
    lines = bounds.shown(KEYS, crowd, sums)
    assert all(bounds.crowd(line.key, crowd).hides_everybody for line in lines)
    assert len(lines) != len(KEYS) - 1, "a single hidden line could be told"
    assert not lines or 98 <= sum(line.percent for line in lines) <= 102


def test_one_company_more_moves_the_sums_by_its_points_at_most() -> None:
    """The bound by which the noise is measured."""
    crowd = [{"Email": n, "Direct": 7 * n % 13} for n in range(1, 60)]
    for left_out in range(len(crowd)):
        others = crowd[:left_out] + crowd[left_out + 1 :]
        sums = [[sum(column) for column in zip(*map(_points, some_of), strict=True)] for some_of in (crowd, others)]
        assert sum(abs(one - other) for one, other in zip(*sums, strict=True)) <= bounds.POINTS


def _points(leads: dict[str, int]) -> list[int]:
    return bounds.points(leads, KEYS)


def test_noise_is_drawn_and_centred() -> None:
    drawn = [noisy([10_000], bound=bounds.POINTS, epsilon=0.5)[0] for _ in range(400)]
    assert len(set(drawn)) > 50
    assert 9_900 < sum(drawn) / len(drawn) < 10_100
    assert sum(abs(value - 10_000) for value in drawn) / len(drawn) == pytest.approx(200, rel=0.4)


@pytest.mark.parametrize(
    ("now", "name", "first_on", "last_on"),
    [
        ("2026-01-01T00:00:00+00:00", "2025-Q4", date(2025, 10, 1), date(2025, 12, 31)),
        ("2026-03-31T23:59:59+00:00", "2025-Q4", date(2025, 10, 1), date(2025, 12, 31)),
        ("2026-04-01T00:00:00+14:00", "2025-Q4", date(2025, 10, 1), date(2025, 12, 31)),
        ("2026-04-01T00:00:00+00:00", "2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-08-15T12:00:00+00:00", "2026-Q2", date(2026, 4, 1), date(2026, 6, 30)),
        ("2028-11-30T12:00:00+00:00", "2028-Q3", date(2028, 7, 1), date(2028, 9, 30)),
    ],
)
def test_the_quarter_that_ended_last(now: str, name: str, first_on: date, last_on: date) -> None:
    found = last_full(datetime.fromisoformat(now))
    assert (found.name, found.first_on, found.last_on) == (name, first_on, last_on)
    assert found.ends_at <= datetime.fromisoformat(now).astimezone(UTC)
