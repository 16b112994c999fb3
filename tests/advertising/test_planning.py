"""Which questions are put to Google, and when: pure rules."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.advertising.planning import BACK_FILL_DAYS, cost_days, is_wanted, last_arrivals
from app.advertising.reading import minor_units, pause

TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 1, 1)))
def test_the_back_fill_asks_for_each_of_ninety_days_once(today: date) -> None:
    asked = [
        first + timedelta(days=number)
        for first, last in cost_days(today, is_first=True)
        for number in range((last - first).days + 1)
    ]
    assert sorted(asked) == [today - timedelta(days=back) for back in reversed(range(BACK_FILL_DAYS))]


def test_later_only_the_days_that_google_still_corrects() -> None:
    assert cost_days(TODAY, is_first=False) == [(date(2026, 11, 17), TODAY)]


def test_a_day_is_asked_about_while_it_may_tell_something_new() -> None:
    old = TODAY - timedelta(days=20)
    assert is_wanted(old, TODAY, NOON, None)
    assert not is_wanted(old, TODAY, NOON, NOON + timedelta(hours=1))
    assert is_wanted(old, TODAY, NOON, NOON - timedelta(hours=1)), "another lead brought a click of that day"
    assert is_wanted(TODAY - timedelta(days=1), TODAY, NOON, NOON + timedelta(hours=1)), "clicks may be missing yet"


def test_days_are_those_of_the_ad_account() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    unknown = [(late, NOON), (late, NOON - timedelta(hours=3))]
    assert last_arrivals(unknown, ZoneInfo("Europe/Berlin")) == {date(2026, 11, 24): NOON}
    assert last_arrivals(unknown, ZoneInfo("Europe/London")) == {date(2026, 11, 23): NOON}


def test_money_and_pauses() -> None:
    assert minor_units(12_345_678, "GBP") == 1235
    assert minor_units(12_500_000, "JPY") == 13
    assert minor_units(1_000_000, "XXX") == 100
    assert pause(1, "RESOURCE_EXHAUSTED") == timedelta(hours=2)
    assert pause(1, "UNAVAILABLE") == timedelta(minutes=2)
    assert pause(40, "UNAVAILABLE") == timedelta(minutes=60)
