"""The dates by which the law wants an answer, against a table computed by hand."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.privacy_requests.due_dates import add_months, deadlines, free_days, law_of

NOWHERE = "ZZ"
"""No country: weekends are the only free days."""

# (law, kind, received, country, days that the clock stood still, which date, expected)
TABLE = """
gdpr access   2026-01-05 ZZ 0 answer_on      2026-02-05
gdpr access   2026-01-28 ZZ 0 answer_on      2026-03-02
gdpr access   2026-01-29 ZZ 0 answer_on      2026-03-02
gdpr access   2026-01-30 ZZ 0 answer_on      2026-03-02
gdpr access   2026-01-31 ZZ 0 answer_on      2026-03-02
gdpr erase    2026-02-28 ZZ 0 answer_on      2026-03-30
gdpr erase    2026-03-31 ZZ 0 answer_on      2026-04-30
gdpr erase    2026-05-31 ZZ 0 answer_on      2026-06-30
gdpr erase    2026-07-31 ZZ 0 answer_on      2026-08-31
gdpr erase    2026-08-31 ZZ 0 answer_on      2026-09-30
gdpr correct  2026-10-31 ZZ 0 answer_on      2026-11-30
gdpr correct  2026-12-31 ZZ 0 answer_on      2027-02-01
gdpr correct  2024-01-31 ZZ 0 answer_on      2024-02-29
gdpr correct  2028-01-30 ZZ 0 answer_on      2028-02-29
gdpr correct  2027-01-31 ZZ 0 answer_on      2027-03-01
gdpr restrict 2024-02-29 ZZ 0 answer_on      2024-03-29
uk   restrict 2024-02-29 GB 0 answer_on      2024-04-02
uk   access   2026-03-03 GB 0 answer_on      2026-04-07
uk   access   2026-04-04 GB 0 answer_on      2026-05-05
uk   access   2026-04-25 GB 0 answer_on      2026-05-26
uk   access   2026-07-31 GB 0 answer_on      2026-09-01
uk   access   2026-11-25 GB 0 answer_on      2026-12-29
uk   access   2026-11-26 GB 0 answer_on      2026-12-29
uk   access   2026-12-01 GB 0 answer_on      2027-01-04
uk   access   2027-02-26 GB 0 answer_on      2027-03-30
uk   access   2026-06-01 GB 5 answer_on      2026-07-06
uk   access   2026-06-01 GB 3 answer_on      2026-07-06
gdpr access   2026-06-01 DE 5 answer_on      2026-07-01
gdpr access   2026-04-01 DE 0 answer_on      2026-05-04
gdpr access   2026-09-03 DE 0 answer_on      2026-10-05
gdpr access   2026-06-14 FR 0 answer_on      2026-07-15
gdpr access   2026-01-05 DE 0 extended_on    2026-04-07
gdpr access   2026-11-30 ZZ 0 extended_on    2027-03-01
gdpr access   2026-01-31 ZZ 0 extended_on    2026-04-30
uk   complain 2026-06-19 GB 0 acknowledge_on 2026-07-19
uk   complain 2028-01-31 GB 0 acknowledge_on 2028-03-01
ccpa access   2026-01-01 US 0 answer_on      2026-02-15
ccpa access   2026-01-01 US 0 extended_on    2026-04-01
ccpa access   2026-06-29 US 0 acknowledge_on 2026-07-14
ccpa object   2026-11-20 US 0 answer_on      2026-12-14
"""
ROWS = [line.split() for line in TABLE.split("\n") if line]


def test_the_table_has_forty_dates() -> None:
    assert len(ROWS) == 40


@pytest.mark.parametrize("row", ROWS, ids=" ".join)
def test_the_date_is_right(row: list[str]) -> None:
    law, kind, received, region, paused, which, expected = row
    found = deadlines(law, kind, date.fromisoformat(received), free_days(region), paused_days=int(paused))
    assert getattr(found, which) == date.fromisoformat(expected)


@given(st.dates(date(2020, 1, 1), date(2039, 12, 31)), st.sampled_from(["GB", "US", "DE", "FR", NOWHERE]))
def test_an_answer_is_due_on_a_working_day_and_extending_gives_time(day: date, region: str) -> None:
    is_free = free_days(region)
    found = deadlines("gdpr", "access", day, is_free)
    assert not is_free(found.answer_on) and not is_free(found.extended_on)
    assert day + timedelta(days=28) <= found.answer_on <= day + timedelta(days=31 + 10)
    assert found.extended_on > found.answer_on >= found.extend_until


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 36))
def test_months_keep_the_day_where_they_can(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


def test_the_country_chooses_the_clock() -> None:
    assert [law_of(region) for region in ("GB", "US", "DE", "")] == ["uk", "ccpa", "gdpr", "gdpr"]
