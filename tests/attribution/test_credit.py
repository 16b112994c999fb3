"""Sharing the credit for a lead: the journeys of the documentation, and what holds for every journey."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.attribution.credit import MODELS, WHOLE, Touched, apportion, shares

ARRIVED = datetime(2026, 11, 24, 12, tzinfo=UTC)
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "attribution.md"
CHANNELS = ("Direct", "Paid Search", "Organic Search", "Email")


def _journeys() -> Iterator[tuple[str, list[Touched], dict[str, tuple[int, ...]]]]:
    """(name, touches, shares by model) of every journey in the document."""
    for section in DOCUMENT.read_text().split("\n### ")[1:]:
        name, _, text = section.partition("\n")
        lines = re.findall(r"^\| ([^|]+) \| (\d+) \| (.+) \|$", text, flags=re.MULTILINE)
        touches = [Touched(channel, ARRIVED - timedelta(days=int(days))) for channel, days, _ in lines]
        columns = zip(*[[int(number) for number in numbers.split(" | ")] for *_, numbers in lines], strict=True)
        yield name, touches, dict(zip(MODELS, columns, strict=True))


@pytest.mark.parametrize(
    ("name", "touches", "expected"), list(_journeys()), ids=lambda each: each if type(each) is str else ""
)
def test_the_journeys_of_the_documentation(
    name: str, touches: list[Touched], expected: dict[str, tuple[int, ...]]
) -> None:
    assert {model: shares(model, touches, ARRIVED) for model in MODELS} == expected


def test_the_documentation_has_journeys() -> None:
    assert len(list(_journeys())) >= 7


_touches = st.lists(
    st.builds(
        Touched,
        st.sampled_from(CHANNELS),
        st.timedeltas(timedelta(days=-400), timedelta(hours=1)).map(lambda ago: ARRIVED + ago),
    ),
    min_size=1,
    max_size=60,
).map(lambda touches: sorted(touches, key=lambda touch: touch.at))


@given(_touches, st.sampled_from(sorted(MODELS)))
def test_the_shares_of_a_lead_sum_to_one(touches: list[Touched], model: str) -> None:
    found = shares(model, touches, ARRIVED)
    assert sum(found) == WHOLE and len(found) == len(touches) and min(found) >= 0


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=50).filter(any))
def test_parts_sum_to_the_whole_and_lie_beside_the_exact_ones(whole: int, weights: list[int]) -> None:
    parts = apportion(whole, [Fraction(weight) for weight in weights])
    assert sum(parts) == whole
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(whole * weight, sum(weights))) < 1


def test_a_lead_without_touches_cannot_be_shared() -> None:
    with pytest.raises(ValueError, match="at least one touch"):
        shares("linear", [], ARRIVED)
