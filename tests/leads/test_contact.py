"""Contact details as they are written down."""

import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from app.leads import contact


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("  Hannah   Clarke ", "Hannah Clarke"),
        ("Hannah\r\nClarke", "Hannah Clarke"),
        ("Han\x00nah\x1b[31m", "Hannah[31m"),
        ("\ud800Zoë", "Zoë"),
        ("", ""),
    ],
)
def test_one_line(typed: str, written: str) -> None:
    assert contact.one_line(typed) == written


def test_many_lines_keep_their_breaks() -> None:
    assert contact.many_lines(" one\r\n\r\ntwo\x00\tthree \n") == "one\n\ntwo\tthree"


@pytest.mark.parametrize(
    ("typed", "region", "number"),
    [
        ("07700 900123", "GB", "+447700900123"),
        ("+49 30 901820", "GB", "+4930901820"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("call me", "GB", ""),
        ("12", "GB", ""),
        ("", "GB", ""),
    ],
)
def test_phone_numbers(typed: str, region: str, number: str) -> None:
    assert contact.e164(typed, region) == number


@pytest.mark.parametrize("address", ["a@example.com", "Zoë@example.org", "x@shop.test"])
def test_addresses(address: str) -> None:
    assert contact.is_email(address)


@pytest.mark.parametrize("address", ["", "a", "a@", "@b.com", "a b@example.com", "a@example..com", "a@b"])
def test_no_addresses(address: str) -> None:
    assert not contact.is_email(address)


def test_links_that_write_and_dial() -> None:
    assert contact.mail_link("a+b@example.com") == "mailto:a+b@example.com"
    assert contact.mail_link("a?bcc=x@example.com") == "mailto:a%3Fbcc%3Dx@example.com"
    assert contact.phone_link("+44 (0)7700 900123 'x") == "tel:+4407700900123"


@given(st.text())
def test_nothing_typed_makes_them_fail(text: str) -> None:
    line = contact.one_line(text)
    assert "\n" not in line and "\x00" not in line
    contact.many_lines(line).encode()
    contact.e164(text, "GB")
    contact.is_email(text)


@given(st.from_regex(contact._PLAIN_EMAIL, fullmatch=True))
def test_the_short_cut_takes_only_what_the_full_rules_take(text: str) -> None:
    validate_email(text, check_deliverability=False, test_environment=True)
