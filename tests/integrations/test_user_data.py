"""Normalising and hashing, against the examples that Google publishes."""

import pytest

from app.integrations.google.user_data import hash_email, hash_phone, mask_email, mask_phone, normalise_email


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("Cloudy.SanFrancisco+shopping@gmail.com", "cloudysanfrancisco@gmail.com"),
        ("  Alexz@Example.COM ", "alexz@example.com"),
        ("first.last+tag@example.com", "first.last+tag@example.com"),
        ("a.b@googlemail.com", "ab@googlemail.com"),
        ("no-at-sign", None),
        ("two@at@example.com", None),
        ("inner space@example.com", None),
        ("+only@gmail.com", None),
        ("x@localhost", None),
        ("", None),
    ],
)
def test_normalise_email(given: str, normal: str | None) -> None:
    assert normalise_email(given) == normal


def test_published_hashes() -> None:
    assert hash_email("alexz@example.com") == "509e933019bb285a134a9334b8bb679dff79d0ce023d529af4bd744d47b4fd8a"
    assert hash_phone("+18005550100") == "fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30"


@pytest.mark.parametrize("given", ["0161 496 0000", "18005550100", "+0800", "+1", "", "+1800555010012345678"])
def test_phone_not_in_international_form_is_not_hashed(given: str) -> None:
    assert hash_phone(given) is None


def test_masks_hide_most() -> None:
    assert mask_email("jane@example.com") == "j•••@example.com"
    assert mask_phone("+441614960000") == "+44•••00"
    assert mask_email("") == mask_phone("") == ""
