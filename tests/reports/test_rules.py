"""Pure rules of the reports: periods, what a lead counts for, words, drawing, CSV."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.attribution.credit import MODELS, WHOLE
from app.core.errors import InvalidInputError
from app.reports import drawing, periods, tables, words
from app.reports.breakdown import break_down
from app.reports.figures import CREDITED, Cell, Counted, Sums, Touch, of_lead, response_group, sum_up
from app.reports.periods import Period
from app.reports.queries import Totals

ARRIVED = datetime(2026, 11, 24, 12, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("arguments", "first", "last"),
    [
        ({}, "2026-10-26", "2026-11-24"),
        ({"period": "7-days"}, "2026-11-18", "2026-11-24"),
        ({"period": "this-month"}, "2026-11-01", "2026-11-24"),
        ({"period": "last-month"}, "2026-10-01", "2026-10-31"),
        ({"period": "this-year"}, "2026-01-01", "2026-11-24"),
        ({"from": "2026-02-01", "to": "2026-02-28"}, "2026-02-01", "2026-02-28"),
        ({"from": "2026-02-01"}, "2026-02-01", "2026-11-24"),
        ({"to": "2026-02-01"}, "2026-02-01", "2026-02-01"),
    ],
)
def test_periods(app: Flask, arguments: dict[str, str], first: str, last: str) -> None:
    period = periods.parse(arguments, date(2026, 11, 24))
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)
    assert periods.parse(period.arguments(), date(2026, 11, 24)) == period
    assert period.before().days == period.days and period.before().last == period.first - timedelta(days=1)


@pytest.mark.parametrize(
    "arguments",
    [
        {"period": "for-ever"},
        {"from": "yesterday"},
        {"from": "2026-02-02", "to": "2026-02-01"},
        {"from": "0001-01-01", "to": "9999-12-31"},
        {"from": "2026-02-30"},
    ],
)
def test_periods_that_are_none(arguments: dict[str, str]) -> None:
    with pytest.raises(InvalidInputError):
        periods.parse(arguments, date(2026, 11, 24))


_touch = st.builds(
    Touch,
    channel=st.sampled_from(["Direct", "Paid Search", "Email"]),
    at=st.timedeltas(timedelta(days=-200), timedelta(0)).map(lambda ago: ARRIVED + ago),
    landing_page=st.sampled_from(["", "https://shop.example/quote?utm_term=x", "https://[broken"]),
    referrer=st.sampled_from(["", "https://www.google.com/"]),
    utm=st.dictionaries(st.sampled_from(["utm_source", "utm_medium", "utm_campaign"]), st.text(max_size=300)),
    click_ids=st.dictionaries(st.sampled_from(["gclid", "msclkid"]), st.just("x")),
)
_lead = st.builds(
    Counted,
    created_at=st.just(ARRIVED),
    channel=st.just("Direct"),
    currency=st.just("GBP"),
    value_minor=st.integers(0, 10**12),
    stage=st.just("s"),
    stage_kind=st.sampled_from(["new", "open", "won", "lost"]),
    quotable=st.sampled_from(["pending", "yes", "no"]),
    answered_at=st.none() | st.just(ARRIVED + timedelta(hours=1)),
    touches=st.lists(_touch, max_size=6).map(lambda touches: sorted(touches, key=lambda touch: touch.at)),
)


@given(_lead)
def test_a_lead_counts_for_exactly_one_and_for_exactly_its_value(lead: Counted) -> None:
    totals: dict[tuple[str, str], Sums] = {}
    for cell, sums in sum_up([lead], LONDON).items():
        totals.setdefault((cell.dimension, cell.model), Sums()).add(sums)
    expected = Sums(
        WHOLE,
        WHOLE if lead.quotable == "yes" else 0,
        WHOLE if lead.stage_kind == "won" else 0,
        WHOLE if lead.stage_kind == "lost" else 0,
        WHOLE if lead.answered_at else 0,
        lead.value_minor if lead.stage_kind == "won" else 0,
    )
    assert {(question, model) for question in CREDITED for model in MODELS} <= set(totals)
    assert all(sums == expected for sums in totals.values())


@pytest.mark.parametrize(
    ("at", "key"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "145"),  # 01:30 on a Sunday, before the clocks go back
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "145"),  # 01:30 once more
        (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "146"),  # 02:30: 01:30 does not exist
        (datetime(2026, 11, 23, 0, 0, tzinfo=UTC), "0"),
    ],
)
def test_hours_are_those_of_the_company(at: datetime, key: str) -> None:
    lead = Counted(at, "Direct", "GBP", 0, "s", "new", "pending", None)
    assert Cell("hour", "", key, "GBP") in dict(of_lead(lead, LONDON))


@pytest.mark.parametrize(
    ("minutes", "group"), [(0, "5"), (5, "5"), (5.1, "15"), (1440, "1440"), (10080, "10080"), (10081, "later")]
)
def test_groups_of_time_to_an_answer(minutes: float, group: str) -> None:
    assert response_group(ARRIVED, ARRIVED + timedelta(minutes=minutes)) == group
    assert response_group(ARRIVED, None) == "none"


@pytest.mark.parametrize(
    ("millionths", "text"),
    [(0, "0"), (WHOLE, "1"), (1_500_000, "1.5"), (333_333, "0.3"), (1_234 * WHOLE, "1,234"), (999_999, "1")],
)
def test_numbers_of_leads(millionths: int, text: str) -> None:
    assert words.leads(millionths) == text


def test_words_about_too_little(app: Flask) -> None:
    assert words.thin(0) == words.thin(10 * WHOLE) == ""
    assert words.thin(WHOLE) == "Only 1 lead in this period: too few to judge by."
    assert words.share(1, 0) == "–"
    assert words.change(3, 2) == ("50 % more than in the period before", "good")
    assert words.change(1, 2) == ("50 % less than in the period before", "bad")
    assert words.change(0, 0)[1] == words.change(2, 0)[1] == words.change(2, 2)[1] == "neutral"
    assert words.money({"GBP": 125000, "EUR": 30000}, "GBP") == "£1,250 + €300"


def _totals(leads: int) -> Totals:
    return Totals(Sums(leads=leads * WHOLE))


def test_a_breakdown_is_sorted_and_bounded(app: Flask) -> None:
    found = break_down({f"k{each}": _totals(each) for each in range(1, 61)}, currency="GBP", label=str.upper)
    assert [line.label for line in found.lines[:2]] == ["K60", "K59"]
    assert (found.lines[0].width, len(found.lines), found.lines[-1].label) == (1000, 51, "All others")
    assert found.total.leads == f"{sum(range(1, 61)):,}" and found.total.share == "100 %"


@given(
    st.dictionaries(
        st.tuples(st.dates(date(2026, 1, 1), date(2026, 3, 31)), st.sampled_from("abcdefgh")),
        st.integers(1, 50 * WHOLE),
        max_size=60,
    ),
    st.sampled_from([("2026-01-01", "2026-01-31"), ("2026-01-01", "2026-03-31"), ("2025-01-01", "2026-12-31")]),
)
def test_columns_stand_on_the_ground_and_stay_inside(
    figures: dict[tuple[date, str], int], days: tuple[str, str]
) -> None:
    period = Period("custom", date.fromisoformat(days[0]), date.fromisoformat(days[1]))
    inside = {key: leads for key, leads in figures.items() if period.first <= key[0] <= period.last}
    chart = drawing.over_time(inside, period, rest="others")
    assert len(chart.series) <= drawing.SERIES
    assert chart.columns[0].first == period.first and chart.columns[-1].last == period.last
    for column in chart.columns:
        floor = float(drawing.HEIGHT)
        for piece in column.pieces:
            assert piece.y + piece.height == pytest.approx(floor, abs=0.1) and piece.y >= -0.1
            assert piece.x >= 0 and piece.x + piece.width <= drawing.WIDTH + 0.1
            floor = piece.y


def test_nothing_in_a_csv_is_a_formula(app: Flask) -> None:
    found = break_down({"=1+1": _totals(2), "@x": _totals(1), 'plain, "quoted"': _totals(3)}, currency="GBP", label=str)
    text = tables.to_csv("Source", found)
    assert "\r\n'=1+1," in text and "\r\n'@x," in text and '"plain, ""quoted"""' in text
