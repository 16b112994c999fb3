"""A line becomes a person, or is refused with its reason."""

import uuid
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInputError
from app.imports import fields
from app.imports.rows import Person, Plan, read

NEW, WON, ANN = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def person(*, is_month_first: bool = False, **cells: str) -> Person:
    plan = Plan(
        heading=list(cells),
        fields=list(cells),
        is_month_first=is_month_first,
        region="GB",
        currency="GBP",
        zone=ZoneInfo("Europe/London"),
        stages={"new": NEW, "won": WON},
        first_stage=NEW,
        owners={"ann": ANN, "ann@example.com": ANN},
        now=NOW,
    )
    return read(list(cells.values()), plan)


def test_a_whole_line() -> None:
    found = person(
        name="  Hannah \t Clarke ",
        email="hannah@example.com",
        phone="07700 900123",
        message="Roof\r\nleaks",
        value="£1,250.50",
        stage="WON",
        owner="Ann@example.com",
        tags="Roof; urgent ;Roof",
        arrived="2026-03-29 01:30",
    )
    assert (found.name, found.phone, found.phone_e164) == ("Hannah Clarke", "07700 900123", "+447700900123")
    assert (found.message, found.value_minor, found.stage_id, found.owner_id) == ("Roof\nleaks", 125050, WON, ANN)
    assert (found.tags, found.channel, found.source_words) == (("Roof", "urgent"), "Import", "Imported from a file")
    assert found.arrived_at.astimezone(UTC).date().isoformat() == "2026-03-29"
    assert found.visit is None


def test_advertising_names_the_channel() -> None:
    found = person(name="Ann", gclid="AbC-1", utm_campaign="Spring roofing")
    assert found.channel == "Paid Search" and found.visit is not None
    assert found.visit.click_ids == {"gclid": "AbC-1"} and found.visit.landing_page == ""
    assert "Spring roofing" in found.source_words and "import" not in found.source_words
    by_page = person(name="Ann", page="https://shop.example/quote?utm_source=bing&utm_medium=cpc")
    assert by_page.channel == "Paid Search" and "/quote" in by_page.source_words
    assert person(name="Ann", source="Trade fair", utm_medium="email").source_words == "Trade fair"


@pytest.mark.parametrize(
    ("text", "is_month_first", "day"),
    [
        ("03/04/2026", False, "2026-04-03"),
        ("03/04/2026", True, "2026-03-04"),
        ("3.4.2026", False, "2026-04-03"),
        ("2026-04-03T10:00:00+02:00", False, "2026-04-03"),
        ("20260403", False, "2026-04-03"),
        ("31-12-2025, 23:59", False, "2025-12-31"),
    ],
)
def test_dates(text: str, is_month_first: bool, day: str) -> None:
    assert person(is_month_first=is_month_first, name="A", arrived=text).arrived_at.date().isoformat() == day


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"message": "only this"}, "no name"),
        ({"email": "not an address"}, "no e-mail address"),
        ({"name": "x" * 201}, "longer"),
        ({"name": "A", "value": "lots"}, "amount"),
        ({"name": "A", "value": "-5"}, "zero or more"),
        ({"name": "A", "stage": "Sold"}, "no stage"),
        ({"name": "A", "owner": "Zed"}, "Nobody"),
        ({"name": "A", "tags": "x" * 41}, "tags"),
        ({"name": "A", "arrived": "31/02/2026"}, "no date"),
        ({"name": "A", "arrived": "soon"}, "no date"),
        ({"name": "A", "arrived": "2026-07-01"}, "not come yet"),
        ({"name": "A", "arrived": "0001-01-01"}, "too long ago"),
        ({"name": "A", "message": "x" * 10_001}, "too long"),
    ],
)
def test_a_refused_line_says_why(cells: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidInputError) as error:
        person(**cells)
    assert words in error.value.sentence


@given(st.fixed_dictionaries({field: st.text(max_size=30) for field in fields.FIELDS}))
def test_any_line_is_a_person_or_refused(cells: dict[str, str]) -> None:
    try:
        found = person(**cells)
    except InvalidInputError as error:
        assert error.sentence
        return
    assert found.name or found.email or found.phone
    assert "\x00" not in repr(found).replace("\\x00", "\x00")


def test_columns_are_guessed_by_their_headings() -> None:
    heading = [
        "First name",
        "LAST_NAME",
        "E-Mail Address",
        "Mobile",
        "Lead Source",
        "Foo",
        "email",
        "Notes",
        "Comments",
    ]
    assert fields.guess(heading) == ["name", "name", "email", "phone", "source", "", "", "message", "message"]
    assert all(fields.guess([str(label)]) in ([field], [""]) for field, label in fields.FIELDS.items())


def test_columns_must_name_people_once() -> None:
    fields.check(["name", "name", "email"])
    with pytest.raises(InvalidInputError, match="Choose a column"):
        fields.check(["message", "value"])
    with pytest.raises(InvalidInputError, match="Only one"):
        fields.check(["email", "email"])
