"""Cost files as Google Ads and others make them, and as nobody should."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.advertising.cost_table import Wanted, amount, read
from app.advertising.cost_words import day_of
from app.core.errors import InvalidInputError

WANTED = Wanted("1234567890", "GBP", is_month_first=False, today=date(2026, 11, 24))
GOOGLE = (
    "Campaign report\n1 November 2026 - 20 November 2026\n"
    "Day\tCampaign\tCampaign ID\tCurrency code\tCost\tClicks\tImpr.\n"
    "2026-11-19\tRoofs\t21034567890\tGBP\t1,234.50\t12\t1,900\n"
    "2026-11-20\tRoofs\t21034567890\tGBP\t--\t0\t4\n"
    "Total: Account\t--\t--\tGBP\t1,234.50\t12\t1,904\n"
)


def test_googles_own_report_with_titles_and_totals() -> None:
    table = read(GOOGLE.encode("utf-16"), WANTED)
    found = table.sums[date(2026, 11, 19), "21034567890"]
    assert (found.name, found.cost_minor, found.clicks, found.impressions) == ("Roofs", 1_234_50, 12, 1_900)
    assert table.sums[date(2026, 11, 20), "21034567890"].cost_minor == 0
    assert [number for number, _reason in table.refused] == [6]
    assert table.columns["impressions"] == "Impr."


def test_lines_of_one_campaign_and_day_are_added_up() -> None:
    table = read(
        "Datum;Kampagne;Gerät;Kosten;Klicks\n20.11.2026;Dächer;Mobil;1,50;2\n20.11.2026;Dächer;PC;2,50;1".encode(),
        WANTED,
    )
    ((key, found),) = table.sums.items()
    assert key[1].startswith("name:") and (found.cost_minor, found.clicks, found.impressions) == (4_00, 3, 0)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2026-11-25,A,1", "day"),
        ("soon,A,1", "day"),
        ("2026-11-20,,1", "no campaign"),
        ("2026-11-20,A,-1", "no number"),
        ("2026-11-20,A,=1+1", "no number"),
        ("2026-11-20,A,1,EUR", "currency"),
        ("2026-11-20,A,1,GBP,999-999-9999", "another ad account"),
        ("Total,A,1", "totals"),
    ],
)
def test_lines_that_do_not_fit_are_refused_with_a_reason(line: str, reason: str) -> None:
    head = "Date,Campaign,Cost,Currency,Customer ID\n2026-11-20,B,5,GBP,123-456-7890\n"
    table = read((head + line).encode(), WANTED)
    assert len(table.sums) == 1
    ((number, why),) = table.refused
    assert number == 3 and reason in why


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"a,b,c\n1,2,3", b"Day,Campaign,Cost\nx,y,z", b"\xff\xfe\x00"])
def test_what_is_no_table_says_so(content: bytes) -> None:
    with pytest.raises(InvalidInputError):
        read(content, WANTED)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("£1,250.50", 125050),
        ("1.250,50", 125050),
        ("1 250,5", 125050),
        ("12", 1200),
        ("--", 0),
        ("1.234.567", 123456700),
        ("-3", None),
        ("1e9", None),
        ("12,34,56", None),
        ("9" * 30, None),
        ("0.005", 0),
        ("12.345", None),
        ("0.125", 12),
        ("1234.567", 123457),
    ],
)
def test_amounts(text: str, minor: int | None) -> None:
    assert amount(text, 2) == minor


@pytest.mark.parametrize("text", ["1.234", "1,234", "1 234", "1234"])
def test_counts_have_no_fractions(text: str) -> None:
    assert amount(text, 0) == 1234


@pytest.mark.parametrize(
    ("text", "is_month_first", "day"),
    [
        ("03/04/2026", False, date(2026, 4, 3)),
        ("03/04/2026", True, date(2026, 3, 4)),
        ("25.12.2025", True, date(2025, 12, 25)),
        ("12/25/2025", False, date(2025, 12, 25)),
        ("Nov 20, 2026", False, date(2026, 11, 20)),
        ("20 November 2026", False, date(2026, 11, 20)),
        ("31/31/2026", False, None),
        ("0000-00-00", False, None),
    ],
)
def test_days(text: str, is_month_first: bool, day: date | None) -> None:
    assert day_of(text, is_month_first=is_month_first) == day


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: ("Day,Campaign,Cost\n" + text).encode()))
def test_no_bytes_break_it(content: bytes) -> None:
    try:
        table = read(content, WANTED)
    except InvalidInputError:
        return
    assert all(found.cost_minor >= 0 for found in table.sums.values())
