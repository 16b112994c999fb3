"""A change of stage offers its way back, which is a change of its own."""

import json
import re

from sqlalchemy import select

from app.core.clock import utc_now
from app.follow_up.models import LostReason
from tests.leads.conftest import HTMX, Office

UNDO = re.compile(r'<button class="button button--sm toast__undo"[^>]*hx-vals=\'([^\']+)\' hx-post="([^"]+)"([^>]*)>')


def undo(text: str) -> tuple[str, dict[str, str], str]:
    found = UNDO.search(text)
    assert found
    return found[2], json.loads(found[1]), found[3]


def test_the_table_offers_undo_and_follows_it(office: Office) -> None:
    lead_id = office.lead()
    address = f"/leads/{lead_id}/stage-changes"
    moved = office.post(address, {"stage": "Won"}, HTMX)
    assert undo(moved.text)[:2] == (address, {"stage": "New", "undo": "yes"})
    assert json.loads(moved.headers["HX-Trigger"]) == {"leader:moved": {"address": address, "stage": "Won"}}
    back = office.post(address, undo(moved.text)[1], HTMX)
    assert json.loads(back.headers["HX-Trigger"])["leader:moved"]["stage"] == "New"
    assert office.read(lead_id).stage_id == office.stage_ids["New"]
    assert [event.data["to"] for event in office.events(lead_id, "lead.stage_changed")] == ["Won", "New"]


def test_the_page_of_a_lead_offers_it_too(office: Office) -> None:
    lead_id = office.lead()
    answer = office.post(f"/leads/{lead_id}/stage-changes", {"stage": "Won"}, {**HTMX, "HX-Target": "lead"})
    assert 'id="lead"' in answer.text
    assert 'hx-target="#lead"' in undo(answer.text)[2]


def test_what_did_not_move_has_nothing_to_undo(office: Office) -> None:
    answer = office.post(f"/leads/{office.lead()}/stage-changes", {"stage": "New"}, HTMX)
    assert not UNDO.search(answer.text)


def test_a_plain_form_says_what_it_did(office: Office) -> None:
    lead_id = office.lead()
    office.post(f"/leads/{lead_id}/stage-changes", {"stage": "Won"})
    assert "Hannah Clarke is now in the stage “Won”." in office.get(f"/leads/{lead_id}").text


def test_a_lead_whose_move_is_taken_back_waits_again(office: Office) -> None:
    lead_id = office.lead()
    moved = office.post(f"/leads/{lead_id}/stage-changes", {"stage": "Won"}, HTMX)
    assert office.read(lead_id).answered_at
    office.post(f"/leads/{lead_id}/stage-changes", undo(moved.text)[1], HTMX)
    assert office.read(lead_id).answered_at is None


def test_an_answer_from_before_the_move_stays(office: Office) -> None:
    answered_at = utc_now()
    lead_id = office.lead(answered_at=answered_at)
    moved = office.post(f"/leads/{lead_id}/stage-changes", {"stage": "Won"}, HTMX)
    office.post(f"/leads/{lead_id}/stage-changes", undo(moved.text)[1], HTMX)
    assert office.read(lead_id).answered_at == answered_at


def test_the_reason_of_a_loss_comes_back_with_it(office: Office) -> None:
    with office.serving() as session:
        reason_id = session.scalars(select(LostReason.id)).first()
    lead_id = office.lead(stage="Lost", lost_reason_id=reason_id)
    moved = office.post("/leads/board/moves", {"lead": str(lead_id), "stage": "Won"}, HTMX)
    assert office.read(lead_id).lost_reason_id is None
    office.post("/leads/board/moves", undo(moved.text)[1], HTMX)
    assert reason_id and office.read(lead_id).lost_reason_id == reason_id


def test_a_move_that_is_not_the_way_back_puts_nothing_back(office: Office) -> None:
    lead_id = office.lead()
    address = f"/leads/{lead_id}/stage-changes"
    moved = office.post(address, {"stage": "Won"}, HTMX)
    office.post(address, {"stage": "Lost"}, HTMX)
    office.post(address, undo(moved.text)[1], HTMX)
    assert office.read(lead_id).answered_at
    office.post(address, {"stage": "Won"}, HTMX)
    office.post(address, {"stage": "New"}, HTMX)
    assert office.read(lead_id).answered_at
