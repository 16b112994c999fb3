"""The pages of conversions: their owner, the stranger, the viewer, and bad input."""

import uuid

import pytest

from tests.conversions.conftest import Desk
from tests.fixtures.people import Person


def test_the_page_shows_what_is_reported_and_what_was_sent(desk: Desk) -> None:
    desk.won(name="Jane Roe")
    page = desk.office.client.get("/conversions")
    assert page.status_code == 200
    assert "Won" in page.text and "£250" in page.text
    assert "Jane Roe" in page.text and "Waiting to be sent" in page.text


def test_a_newcomer_is_led_to_the_connection(alice: Person) -> None:
    assert "Connect Google Ads first" in alice.client.get("/conversions").text


def test_a_receipt_as_a_page_and_as_a_part(desk: Desk) -> None:
    receipt = desk.receipt(desk.won())
    address = f"/conversions/uploads/{receipt.upload_id}"
    page = desk.office.client.get(address)
    part = desk.office.client.get(address, headers={"HX-Request": "true"})
    assert "<html" in page.text and "<html" not in part.text
    assert part.text.count('id="receipt-') == 1
    assert receipt.transaction_id in page.text


def test_a_settled_receipt_stops_asking(desk: Desk) -> None:
    lead_id = desk.won(consent="denied")
    part = desk.office.client.get(
        f"/conversions/uploads/{desk.receipt(lead_id).upload_id}", headers={"HX-Request": "true"}
    )
    assert "hx-trigger" not in part.text


def test_the_stranger_finds_nothing(desk: Desk, charlie: Person) -> None:
    upload_id = desk.receipt(desk.won()).upload_id
    assert charlie.client.get(f"/conversions/uploads/{upload_id}").status_code == 404
    assert charlie.client.post(f"/conversions/uploads/{upload_id}/sendings").status_code == 404
    assert charlie.client.post(f"/conversions/mappings/{desk.mapping_id}/removal").status_code == 404
    assert "Jane Roe" not in charlie.client.get("/conversions").text


def test_a_stranger_cannot_map_to_a_foreign_conversion(desk: Desk, charlie: Person) -> None:
    row = desk.owner.execute("SELECT conversion_action_id FROM conversion_mappings").fetchone()
    assert row is not None
    form = {"stage_id": str(desk.stage_ids["Won"]), "action_id": str(row[0]), "value": "1", "value_rule": "fixed"}
    assert charlie.client.post("/conversions/mappings", data=form).status_code == 422


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"value": "lots"}, "Enter an amount such as"),
        ({"value": "-5"}, "zero or more"),
        ({"value": "1.234"}, "at most 2 decimal places"),
        ({"value": "9" * 19}, "too large"),
        ({"value": ""}, "Enter a value"),
        ({"value": "NaN"}, "Enter an amount such as"),
        ({"action_id": str(uuid.uuid4())}, "Not a valid choice"),
        ({"stage_id": "nonsense"}, "valid choice"),
        ({"value_rule": "other"}, "Not a valid choice"),
    ],
)
def test_a_bad_form_says_why_and_keeps_what_was_typed(desk: Desk, changed: dict[str, str], sentence: str) -> None:
    row = desk.owner.execute("SELECT conversion_action_id FROM conversion_mappings").fetchone()
    assert row is not None
    form = {
        "stage_id": str(desk.stage_ids["Contacted"]),
        "action_id": str(row[0]),
        "value": "42",
        "value_rule": "fixed",
    }
    answer = desk.office.post("/conversions/mappings", form | changed)
    assert answer.status_code == 422
    assert sentence in answer.text
    if "value" not in changed:
        assert 'value="42"' in answer.text


def test_the_same_stage_and_conversion_only_once(desk: Desk) -> None:
    row = desk.owner.execute("SELECT conversion_action_id FROM conversion_mappings").fetchone()
    assert row is not None
    form = {"stage_id": str(desk.stage_ids["Won"]), "action_id": str(row[0]), "value": "42", "value_rule": "fixed"}
    answer = desk.office.post("/conversions/mappings", form)
    assert answer.status_code == 422
    assert "already" in answer.text


def test_a_stage_is_mapped_and_stopped(desk: Desk) -> None:
    row = desk.owner.execute("SELECT conversion_action_id FROM conversion_mappings").fetchone()
    assert row is not None
    assert desk.office.post(f"/conversions/mappings/{desk.mapping_id}/removal").status_code == 303
    desk.won()
    desk.work()
    assert desk.counted() == []
    form = {
        "stage_id": str(desk.stage_ids["Qualified"]),
        "action_id": str(row[0]),
        "value": "99.50",
        "value_rule": "fixed",
    }
    assert desk.office.post("/conversions/mappings", form).status_code == 303
    desk.move(desk.lead(), "Qualified")
    desk.work()
    assert [conversion["value"] for conversion in desk.counted()] == [99.5]


def test_a_member_may_look_but_not_change_the_rules(desk: Desk) -> None:
    desk.owner.execute("UPDATE members SET role = 'member' WHERE user_id = %s", (desk.office.person.user_id,))
    assert desk.office.post(f"/conversions/mappings/{desk.mapping_id}/removal").status_code == 403
    assert desk.office.client.get("/conversions").status_code == 200


def test_an_accepted_conversion_is_not_sent_again(desk: Desk) -> None:
    lead_id = desk.won()
    desk.work()
    desk.pass_time()
    desk.work()
    desk.office.post(f"/conversions/uploads/{desk.receipt(lead_id).upload_id}/sendings")
    assert desk.state(lead_id) == ("accepted", "")


def test_a_damaged_page_address_is_told(desk: Desk) -> None:
    assert desk.office.client.get("/conversions?after=nonsense").status_code == 422
