"""Google's lead form, and any other program's webhook: what is read of them. Pure rules."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.capture import lead_forms, webhooks
from app.capture.arrival import compose
from app.core.clock import utc_now
from app.core.errors import InvalidInputError

LEAD = {
    "lead_id": "abc-1",
    "user_column_data": [
        {"column_name": "Full Name", "string_value": "Jane Doe", "column_id": "FULL_NAME"},
        {"column_name": "User Email", "string_value": "j@example.com", "column_id": "EMAIL"},
        {"column_name": "User Phone", "string_value": "020 7946 0958", "column_id": "PHONE_NUMBER"},
        {"string_value": "N1 9GU", "column_id": "POSTAL_CODE"},
        {"column_name": "Which roof?", "string_value": "The flat one"},
    ],
    "api_version": "1.0",
    "form_id": 40000000000,
    "campaign_id": 123456789012345678,
    "google_key": "shared",
    "is_test": False,
    "gcl_id": "TeSt-gclid_1",
    "asset_group_id": 0,
    "lead_submit_time": "2026-09-26T12:30:00Z",
}


def raw(**changes: object) -> bytes:
    return json.dumps(LEAD | changes).encode()


def test_a_lead_of_googles_form() -> None:
    found = lead_forms.read(raw())
    assert (found.name, found.email, found.phone) == ("Jane Doe", "j@example.com", "020 7946 0958")
    assert found.extra == {"Postal code": "N1 9GU", "Which roof?": "The flat one"}
    arrival = compose(found, region="GB", now=utc_now())
    touch = arrival.source
    assert (touch.channel, touch.landing_page, arrival.phone_e164) == ("Paid Search", "", "+442079460958")
    assert touch.click_ids == {"gclid": "TeSt-gclid_1"} and touch.utm["utm_id"] == "123456789012345678"
    assert touch.source_words == "Google Ads · lead form"
    assert lead_forms.event_id(raw()) == "abc-1"


def test_names_may_come_in_parts_and_addresses_from_work() -> None:
    columns = [
        {"column_id": "FIRST_NAME", "string_value": "Jane"},
        {"column_id": "LAST_NAME", "string_value": "Doe"},
        {"column_id": "WORK_EMAIL", "string_value": "not an address"},
        {"column_id": "WORK_PHONE", "string_value": "1"},
    ]
    found = lead_forms.read(raw(user_column_data=columns))
    assert (found.name, found.email, found.phone) == ("Jane Doe", "", "1")
    assert "not an address" in found.extra.values()


def test_a_test_has_no_id_and_a_lead_must_have_one() -> None:
    assert lead_forms.event_id(raw(is_test=True)) == ""
    assert lead_forms.read(raw(is_test=True)).is_test
    assert len(lead_forms.event_id(raw(lead_id="x" * 300))) == 64
    assert lead_forms.event_id(raw(lead_id=2**60)) == str(2**60)
    with pytest.raises(InvalidInputError):
        lead_forms.event_id(raw(lead_id=None))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.fixed_dictionaries(dict.fromkeys(LEAD, VALUES)))
def test_any_object_is_read(body: dict[str, object]) -> None:
    found = lead_forms.read(json.dumps(body).encode())
    assert compose(found, region="GB", now=utc_now()).touches


NESTED = {
    "data": {"contact": {"first_name": "Jane", "last_name": "Doe", "email": "j@example.com"}, "comments": ["a", "b"]},
    "api_key": "hidden",
    "page": {"url": "https://shop.example/quote?gclid=AbC"},
}


def test_a_webhooks_parts_are_found_guessed_and_read() -> None:
    body = json.dumps(NESTED).encode()
    found = webhooks.paths(body)
    assert ("data.contact.email", "j@example.com") in found and ("api_key", "•••") in found
    guessed = webhooks.guess(found)
    assert guessed == {
        "data.contact.first_name": "name",
        "data.contact.last_name": "name",
        "data.contact.email": "email",
        "page.url": "page",
    }
    read = webhooks.read(body, guessed | {"data.comments.0": "message", "data.comments.1": "message"})
    assert (read.name, read.email, read.message) == ("Jane Doe", "j@example.com", "a\nb")
    assert compose(read, region="GB", now=utc_now()).source.click_ids == {"gclid": "AbC"}
    assert "hidden" not in webhooks.masked(body) and "j@example.com" in webhooks.masked(body)


def test_marks_without_a_page_name_no_page() -> None:
    read = webhooks.read(b'{"e": "j@example.com", "c": "Spring"}', {"e": "email", "c": "utm_campaign"})
    source = compose(read, region="GB", now=utc_now()).source
    assert source.landing_page == "" and source.utm == {"utm_campaign": "Spring"}


def test_without_a_mapping_nothing_is_made() -> None:
    with pytest.raises(webhooks.UnmappedError):
        webhooks.read(b"{}", {})
    with pytest.raises(InvalidInputError):
        webhooks.read(b'{"e": ""}', {"e": "email"})


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=4))
def test_any_message_is_read_or_refused(body: dict[str, object]) -> None:
    content = json.dumps(body).encode()
    found = webhooks.paths(content)
    webhooks.masked(content)
    try:
        webhooks.read(content, {path: "email" for path, _ in found})
    except InvalidInputError as error:
        assert error.sentence
