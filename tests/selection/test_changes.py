"""Many leads at once: what changes, what is passed over, and the way back."""

import html
import json
import re

import pytest

from app.core.clock import utc_now
from app.core.ids import new_id
from app.selection.changes import Before
from tests.fixtures.people import Person
from tests.leads.conftest import HTMX, Office, OfficeOf


def send(office: Office, values: dict[str, object], *, undo: bool = False, partial: bool = True) -> str:
    address = "/leads/bulk-changes/undo" if undo else "/leads/bulk-changes"
    answer = office.person.client.post(address, data=values, headers=HTMX if partial else {})
    assert answer.status_code == (200 if partial else 303)
    return answer.text


def way_back(text: str) -> dict[str, object]:
    found = re.search(r"hx-vals='([^']+)'", text)
    assert found
    values: dict[str, object] = json.loads(html.unescape(found[1]))
    return values


def test_stage_owner_and_tag_and_the_way_back(office: Office) -> None:
    ids = [office.lead("Ada"), office.lead("Ben"), office.lead("Cleo")]
    chosen = {"lead": [str(each) for each in ids[:2]], "stage": "Won", "owner": "me", "tag": "Roof"}
    text = send(office, chosen)
    assert "2 leads are changed." in text
    ada = office.read(ids[0])
    assert (ada.stage_id, ada.owner_id) == (office.stage_ids["Won"], office.person.user_id)
    assert office.read(ids[2]).stage_id == office.stage_ids["New"]
    assert len(office.events(ids[0], "lead.stage_changed")) == 1 and office.events(ids[0], "lead.tagged")
    assert "2 leads are as they were." in send(office, way_back(text), undo=True)
    ada = office.read(ids[0])
    assert (ada.stage_id, ada.owner_id) == (office.stage_ids["New"], None)
    assert office.events(ids[0], "lead.untagged")


def test_the_way_back_leaves_what_somebody_changed_since(office: Office) -> None:
    lead_id = office.lead("Ada")
    text = send(office, {"lead": str(lead_id), "stage": "Won"})
    office.post(f"/leads/{lead_id}/stage-changes", {"stage": "Lost"})
    assert "0 leads are as they were." in send(office, way_back(text), undo=True)
    assert office.read(lead_id).stage_id == office.stage_ids["Lost"]


def test_a_lead_that_was_put_back_waits_for_its_answer_again(office: Office) -> None:
    lead_id = office.lead("Ada")
    back = way_back(send(office, {"lead": str(lead_id), "stage": "Won", "tag": "Roof"}))
    assert "1 lead is as it was." in send(office, back, undo=True)
    assert office.read(lead_id).answered_at is None
    assert "0 leads are as they were." in send(office, back, undo=True)


def test_the_whole_page_and_what_it_was_narrowed_to(office: Office) -> None:
    office.lead("Ada", channel="Email")
    office.lead("Ben")
    page = office.get("/leads/selection?channel=Email").text
    assert "Ada" in page and "Ben" not in page
    shown = re.findall(r'name="shown" value="([^"]+)"', page)
    text = send(office, {"all": "y", "shown": shown, "of_channel": "Email", "stage": "Won"})
    assert "1 lead is changed." in text and "Ben" not in text


def test_frozen_and_foreign_leads_are_passed_over(office: Office, bob: Person, office_of: OfficeOf) -> None:
    frozen, other = office.lead("Ada", restricted_at=utc_now()), office_of(bob).lead("Theirs")
    text = send(office, {"lead": [str(frozen), str(other), str(new_id())], "stage": "Won"})
    assert "0 leads are changed." in text
    assert office_of(bob).read(other).stage_id != office.stage_ids["Won"]


@pytest.mark.parametrize("values", [{}, {"stage": "Won"}, {"stage": "Sold"}, {"owner": "x"}, {"tag": "x" * 41}])
def test_what_cannot_be_done_gets_a_sentence_and_changes_nothing(office: Office, values: dict[str, object]) -> None:
    lead_id = office.lead("Ada")
    if values != {"stage": "Won"}:
        values = {"lead": str(lead_id), **values}
    for headers in (HTMX, {}):
        answer = office.person.client.post("/leads/bulk-changes", data=values, headers=headers)
        assert answer.status_code == 422 and 'role="alert"' in answer.text
        is_ticked = f'name="lead" value="{lead_id}" checked' in answer.text
        assert is_ticked == ("lead" in values)
    assert office.read(lead_id).stage_id == office.stage_ids["New"]


@pytest.mark.parametrize("token", ["", "x", ",,,,,", "a,b,c,d,e,f", "01a20dca-1e63-7003-83a6-f6c28b299867,,,,,,"])
def test_a_broken_way_back(office: Office, token: str) -> None:
    assert "toast" in send(office, {"back": token}, undo=True)


def test_a_way_back_is_read_as_it_was_written() -> None:
    before = Before(str(new_id()), str(new_id()), str(new_id()))
    assert Before.parse(before.token()) == before


def test_viewers_change_nothing(viewer: Person, office_of: OfficeOf) -> None:
    office = office_of(viewer)
    assert office.get("/leads/selection").status_code == 403
    assert office.post("/leads/bulk-changes", {"stage": "Won"}).status_code == 403
