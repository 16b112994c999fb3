"""Amounts as people type and read them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import MAX_MINOR, format_money, to_major, to_minor


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("1250", "GBP", 125000),
        ("1250.5", "GBP", 125050),
        ("1,250.50", "GBP", 125050),
        ("£1,250", "GBP", 125000),
        (" 0 ", "GBP", 0),
        ("12,50", "EUR", 1250),
        ("1.250,50", "EUR", 125050),
        ("€99", "EUR", 9900),
        ("1 250", "EUR", 125000),
        ("500", "JPY", 500),
        (".5", "GBP", 50),
    ],
)
def test_what_people_type(typed: str, currency: str, minor: int) -> None:
    assert to_minor(typed, currency) == minor


@pytest.mark.parametrize(
    "typed", ["", "lots", "-5", "1.234", "1e9", "NaN", "Infinity", "1,2,3", "12.5.0", "9" * 30, "½", "0x10", "1_000"]
)
def test_what_is_no_amount(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        to_minor(typed, "GBP")


@given(st.text(max_size=30))
def test_nothing_else_than_a_sentence_or_an_amount(typed: str) -> None:
    try:
        assert 0 <= to_minor(typed, "GBP") <= MAX_MINOR
    except ValueError as error:
        assert str(error).endswith(".")


@given(st.integers(min_value=0, max_value=MAX_MINOR))
def test_there_and_back(minor: int) -> None:
    assert to_minor(str(to_major(minor, "GBP")), "GBP") == minor


def test_how_people_read_it() -> None:
    assert format_money(125050, "GBP") == "£1,250.50"
    assert format_money(125000, "GBP") == "£1,250"
    assert format_money(500, "JPY") == "¥500"


def test_an_ad_account_in_a_currency_that_no_company_chooses() -> None:
    assert format_money(125050, "BRL") == "BRL 1,250.50"
    assert to_minor("1,250.50", "BRL") == 125050
    assert to_major(125050, "BRL") == Decimal("1250.50")
