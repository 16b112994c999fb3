"""A company's own fields: in the settings, on a lead, in the table, in exports, and gone with the lead."""

import csv
import io
import uuid

import pytest
from sqlalchemy import select

from app.fields import shaping
from app.fields.models import CustomValue
from tests.fixtures.application import Owner
from tests.fixtures.people import Person
from tests.leads.conftest import HTMX, Office, OfficeOf

PAGE = "/settings/fields"


def add(office: Office, name: str, kind: str = "text", choices: str = "", required: str = "") -> str:
    data = {"name": name, "kind": kind, "choices": choices, "is_required": required}
    assert office.post(PAGE, data).status_code == 303
    with office.serving() as session:
        return str(next(field.id for field in shaping.active(session) if field.name == name))


def save(office: Office, lead_id: uuid.UUID, version: int = 1, **typed: str) -> int:
    data = {"version": str(version)} | {f"field-{name}": value for name, value in typed.items()}
    return office.post(f"/leads/{lead_id}/fields", data).status_code


def test_a_field_is_filled_in_and_its_history_is_told(office: Office) -> None:
    field, lead_id = add(office, "Roof", "choice", "Flat\nPitched\n"), office.lead()
    assert save(office, lead_id, **{field: "Flat"}) == 303
    assert save(office, lead_id, 2, **{field: "Pitched"}) == 303
    text = office.get(f"/leads/{lead_id}").text
    assert "Alice changed the Roof" in text and "Flat → Pitched" in text
    assert save(office, lead_id, 3, **{field: ""}) == 303
    with office.serving() as session:
        assert session.scalar(select(CustomValue.id)) is None


def test_two_at_once_the_second_is_told(office: Office) -> None:
    field, lead_id = add(office, "Roof"), office.lead()
    assert save(office, lead_id, **{field: "Slate"}) == 303
    answer = office.post(f"/leads/{lead_id}/fields", {"version": "1", f"field-{field}": "Tile"}, HTMX)
    assert answer.status_code == 303
    text = office.partial(answer.location).text
    assert "Somebody changed this lead" in text and "Slate" in text


def test_what_cannot_be_read_changes_nothing(office: Office) -> None:
    field, lead_id = add(office, "Size", "number"), office.lead()
    assert save(office, lead_id, **{field: "large"}) == 303
    assert "Size: enter a number" in office.get(f"/leads/{lead_id}").text
    assert office.read(lead_id).version == 1


def test_quick_add_asks_for_what_is_needed(office: Office) -> None:
    field = add(office, "Postcode", required="y")
    assert "Postcode" in office.get("/leads/new").text
    data = {"name": "Walk-in", "way": "visit"}
    answer = office.post("/leads", data)
    assert answer.status_code == 422 and "Postcode: this is needed." in answer.text
    answer = office.post("/leads", data | {f"field-{field}": "N1 9GU"})
    assert answer.status_code == 303
    assert "N1 9GU" in office.get(answer.location).text


@pytest.mark.parametrize(
    ("kind", "values", "fits", "names"),
    [
        ("text", ("Slate roof", "Tile"), "slate", ["Ann"]),
        ("number", ("12", "100"), "50..", ["Ben"]),
        ("number", ("12", "100"), "..50", ["Ann"]),
        ("number", ("12", "100"), "12", ["Ann"]),
        ("date", ("2026-01-05", "2026-02-05"), "2026-02-01..2026-02-28", ["Ben"]),
        ("choice", ("Flat", "Pitched"), "Pitched", ["Ben"]),
        ("yes_no", ("yes", "no"), "yes", ["Ann"]),
    ],
)
def test_the_table_and_the_file_are_narrowed_by_it(
    office: Office, kind: str, values: tuple[str, str], fits: str, names: list[str]
) -> None:
    field = add(office, "Roof", kind, "Flat\nPitched")
    for name, value in zip(("Ann", "Ben"), values, strict=True):
        assert save(office, office.lead(name), **{field: value}) == 303
    text = office.get(f"/leads?field={field}&fits={fits}").text
    assert [name for name in ("Ann", "Ben") if name in text] == names
    assert "Roof: " in text
    file = office.get(f"/leads/export.csv?field={field}&fits={fits}").data.decode("utf-8-sig")
    heading, *rows = csv.reader(io.StringIO(file, newline=""))
    assert heading[-1] == "Roof"
    assert [row[0] for row in rows] == names and rows[0][-1] in values


def test_no_cell_is_a_formula(office: Office) -> None:
    field = add(office, "Note")
    save(office, office.lead("Ann"), **{field: '=HYPERLINK("x")'})
    rows = list(csv.reader(io.StringIO(office.get("/leads/export.csv").data.decode("utf-8-sig"), newline="")))
    assert rows[1][-1] == '\'=HYPERLINK("x")'


@pytest.mark.parametrize("asked", ["field=x&fits=1", "field=01990000-0000-7000-8000-000000000000&fits=1"])
def test_a_field_that_is_none(office: Office, asked: str) -> None:
    assert office.get(f"/leads?{asked}").status_code == 404


def test_a_range_that_is_none(office: Office) -> None:
    field = add(office, "Size", "number")
    assert office.get(f"/leads?field={field}&fits=a..b").status_code == 422


@pytest.mark.parametrize(
    "data",
    [
        {"name": "", "kind": "text"},
        {"name": "x" * 61, "kind": "text"},
        {"name": "x", "kind": "colour"},
        {"name": "x", "kind": "choice", "choices": "one"},
        {"name": "roof", "kind": "text"},
    ],
)
def test_what_is_refused(office: Office, data: dict[str, str]) -> None:
    add(office, "Roof")
    assert office.post(PAGE, data).status_code == 422


def test_order_change_archive_and_back(office: Office) -> None:
    add(office, "First")
    second, lead_id = add(office, "Second"), office.lead()
    save(office, lead_id, **{second: "kept"})
    office.post(f"{PAGE}/{second}/shifts", {})
    with office.serving() as session:
        assert [field.name for field in shaping.active(session)] == ["Second", "First"]
    assert office.post(f"{PAGE}/{second}", {"name": "Renamed"}).status_code == 303
    assert office.post(f"{PAGE}/{second}/archivings", {}).status_code == 303
    text = office.get(f"/leads/{lead_id}").text
    assert "kept" in text and f"field-{second}" not in text
    assert office.post(f"{PAGE}/{second}/archivings", {"back": "y"}).status_code == 303
    assert f"field-{second}" in office.get(f"/leads/{lead_id}").text


def test_it_goes_with_the_lead(office: Office, owner: Owner) -> None:
    field, lead_id = add(office, "Roof"), office.lead()
    save(office, lead_id, **{field: "Slate"})
    assert office.post(f"/leads/{lead_id}/erasure", {"reason": "asked", "sure": "y"}).status_code in (303, 422)
    owner.execute("DELETE FROM leads WHERE id = %s", (lead_id,))
    assert owner.execute("SELECT count(*) FROM custom_values").fetchone() == (0,)


def test_strangers_and_viewers(office: Office, charlie: Person, viewer: Person, office_of: OfficeOf) -> None:
    field, lead_id = add(office, "Roof"), office.lead()
    stranger = office_of(charlie)
    assert save(stranger, lead_id, **{field: "x"}) == 404
    assert stranger.get(f"/leads?field={field}&fits=x").status_code == 404
    for path in ("", "/shifts", "/archivings"):
        assert stranger.post(f"{PAGE}/{field}{path}", {"name": "x"}).status_code == 404
        assert office_of(viewer).post(f"{PAGE}/{field}{path}", {"name": "x"}).status_code == 403
    assert office_of(viewer).get(PAGE).status_code == 403
