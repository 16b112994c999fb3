"""The arithmetic behind the figures."""

import pytest

from benchmarks.report import Figure, Goal, lines
from benchmarks.rounds import Measured, Round, percentile, ratio


def _round(wait_ms: float, server_ms: float, database_ms: float, requests: int = 10) -> Round:
    waits = [wait_ms / 1000] * requests
    return Round(waits, sum(waits), server_ms * requests / 1000, database_ms * requests / 1000)


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.99, 99), (0.991, 100), (1, 100), (0.01, 1), (0, 1)])
def test_a_percentile_is_one_of_the_values(share: float, expected: int) -> None:
    assert percentile(range(100, 0, -1), share) == expected


def test_cpu_is_per_request_and_adds_server_and_database() -> None:
    measured = Measured([_round(5, 2, 1), _round(5, 4, 1), _round(5, 90, 9)])
    assert measured.server_cpu_ms == pytest.approx(4)
    assert measured.database_cpu_ms == pytest.approx(1)
    assert measured.cpu_ms == pytest.approx(5)


def test_throughput_is_requests_by_the_time_they_took_together() -> None:
    assert Measured([Round([0.2] * 8, 0.4, 0, 0)]).per_second == pytest.approx(20)


def test_the_ratio_compares_neighbouring_rounds() -> None:
    """The machine slows down tenfold after the first round; the ratio does not notice."""
    ours = Measured([_round(2, 2, 1), _round(20, 20, 10), _round(20, 20, 10)])
    floor = Measured([_round(1, 1, 0.5), _round(10, 10, 5), _round(10, 10, 5)])
    assert ratio(ours, floor, Round.cpu_ms) == pytest.approx(2)
    assert ratio(ours, floor, Round.wall_ms) == pytest.approx(2)


@pytest.mark.parametrize(
    ("goal", "reached", "words"),
    [
        (Goal(1.5), 1.5, "<= 1.5 met"),
        (Goal(1.5), 1.51, "<= 1.5 MISSED"),
        (Goal(60, is_most=False), 60, ">= 60 met"),
        (Goal(60, is_most=False), 59.9, ">= 60 MISSED"),
    ],
)
def test_a_goal_says_whether_it_is_met(goal: Goal, reached: float, words: str) -> None:
    assert goal.words(reached) == words


def test_figures_stand_in_columns_and_a_goal_is_about_the_ratio() -> None:
    figures = [
        Figure("list: CPU", 12.345, "ms", 1.6, Goal(1.5), "floor 7.72"),
        Figure("bytes", 24_317, "bytes"),
    ]
    heading, first, second = lines(figures)
    assert first.split() == ["list:", "CPU", "12.35", "ms", "1.60x", "<=", "1.5", "MISSED", "floor", "7.72"]
    assert second.split() == ["bytes", "24,317", "bytes"]
    assert heading.index("value") + len("value") == first.index("12.35") + 5 == second.index("24,317") + 6
