"""What is accepted from a visitor, and in which order it is put."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.capture import bodies, submission
from app.capture.arrival import compose
from app.capture.bodies import MalformedError
from app.capture.submission import Choice, Submission, Tracking
from app.core.errors import InvalidInputError

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


def read(**fields: Any) -> Submission:
    return submission.read(fields, Tracking())


def test_what_was_typed_is_kept_without_what_nobody_can_see() -> None:
    found = read(name="  Jane\x00\n Miller ", email=" Jane@Example.com ", phone=" 1 ", message="Hi\r\nthere\x07 \ud800")
    assert (found.name, found.email, found.phone, found.message) == (
        "Jane Miller",
        "Jane@Example.com",
        "1",
        "Hi\nthere",
    )


def test_further_fields_of_a_shops_own_form_are_kept() -> None:
    assert read(email="a@b.example", roof="slate", empty="", floor=3).extra == {"roof": "slate", "floor": "3"}


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({}, "email"),
        ({"name": "Jane"}, "email"),
        ({"message": "Call me"}, "email"),
        ({"email": "jane"}, "email"),
        ({"email": "jane@"}, "email"),
        ({"email": "a@b.example", "name": "n" * 201}, "name"),
        ({"email": "a@b.example", "phone": "1" * 41}, "phone"),
        ({"email": "a@b.example", "message": "m" * 5001}, "message"),
    ],
)
def test_what_needs_another_look_is_said_beside_its_field(fields: dict[str, str], where: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read(**fields)
    assert list(caught.value.fields) == [where]


@pytest.mark.parametrize(
    "fields", [{"email": "a@b.example"}, {"phone": "12345"}, {"name": "Jane", "message": "At the market"}]
)
def test_one_way_to_answer_is_enough(fields: dict[str, str]) -> None:
    read(**fields)


def test_the_field_that_people_do_not_see() -> None:
    assert read(email="a@b.example", website="http://spam.example").is_trapped
    assert not read(email="a@b.example", website=" ").is_trapped


@pytest.mark.parametrize(
    ("given", "choice"),
    [
        ({"ad_user_data": "granted", "ad_personalization": "denied"}, Choice("granted", "denied")),
        ({"ad_user_data": "GRANTED", "ad_personalization": True}, Choice()),
        ({"ad_user_data": ["granted"]}, Choice()),
        ({}, Choice()),
        (None, Choice()),
    ],
)
def test_consent_is_never_upgraded(given: object, choice: Choice) -> None:
    assert submission.read_tracking({"consent": given}).choice == choice


def test_the_way_of_a_consent() -> None:
    assert Choice("denied", "unknown").way == "The choice made on the website"
    assert Choice().way == "No choice was seen"


@pytest.mark.parametrize(
    ("at", "moment"),
    [
        ("2026-11-24T08:00:00Z", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        (1_795_507_200_000, datetime.fromtimestamp(1_795_507_200, UTC)),
        ("2026-11-24T08:00:00", None),
        ("yesterday", None),
        (10**30, None),
        (True, None),
        (None, None),
    ],
)
def test_the_time_of_a_visit(at: object, moment: datetime | None) -> None:
    seen = submission.read_tracking({"first": {"landing_page": "x", "at": at}}).first
    assert seen is not None
    assert seen.at == moment


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '"x"',
        "[" * 60_000,
        '{"a":' * 20_000,
        "NaN",
        '{"fields": {"value": NaN}}',
        "\ufeff{",
    ],
)
def test_what_is_no_json_object(body: str) -> None:
    with pytest.raises(MalformedError):
        bodies.from_json(body.encode())


@pytest.mark.parametrize(
    "change",
    [
        {"fields": None},
        {"fields": []},
        {"fields": {"name": {"first": "Jane"}}},
        {"fields": {"email": ["a@b.example"]}},
        {"fields": {str(number): "x" for number in range(61)}},
        {"first": "page"},
        {"last": [1]},
        {"first": {"landing_page": 5}},
        {"consent": "granted"},
        {"client_event_id": 7},
        {"client_event_id": "x" * 101},
        {"page": {}},
        {"test": "yes"},
    ],
)
def test_a_program_is_told_of_a_wrong_shape(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError):
        bodies.from_json(json.dumps({"fields": {"email": "a@b.example"}, **change}).encode())


@pytest.mark.parametrize("leader", ["", "{", "[]", '{"first": 5}', "[" * 60_000])
def test_a_form_goes_on_without_a_tag_that_cannot_be_read(leader: str) -> None:
    found = bodies.from_form({"email": "a@b.example", "leader": leader}, referer="https://shop.example/x")
    assert found.tracking.page == "https://shop.example/x"
    assert found.extra == {}


@given(JSON)
def test_any_json_is_taken_or_refused_in_words(body: object) -> None:
    raw = json.dumps({"fields": body, "first": body, "consent": body}).encode()
    try:
        bodies.from_json(raw)
    except InvalidInputError as error:
        assert error.sentence


@given(st.dictionaries(st.text(), st.text(), max_size=8), st.text())
def test_any_form_that_is_taken_can_be_stored(extra: dict[str, str], text: str) -> None:
    fields = {**extra, "name": text, "email": "a@b.example", "message": text, "website": text}
    leader = json.dumps({"first": {"landing_page": f"https://a.example/?utm_source={text}"}, "visitor_id": text[:50]})
    found = bodies.from_form({**fields, "phone": "", "leader": leader}, referer=text)
    arrival = compose(found, region="GB", now=NOW)
    stored = [found.name, found.message, arrival.page, *map(asdict, arrival.touches)]
    text_of_all = json.dumps(stored, default=str, ensure_ascii=False)
    text_of_all.encode()  # no half characters
    assert "\\u0000" not in text_of_all.replace("\\\\", "")
    assert bodies.read("form", bodies.packed_form({**fields, "phone": "", "leader": leader}, referer=text)) == found
