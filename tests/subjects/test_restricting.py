"""Freezing a lead: kept and shown, neither worked on nor reported."""

import pytest

from app.core.events import LEADER, Actor
from app.leads import moves, notes
from app.leads.locking import FrozenError
from app.subjects import restricting
from tests.conversions.conftest import Desk
from tests.fixtures.application import Owner
from tests.fixtures.people import Person
from tests.subjects.conftest import Wren


def _freeze(desk: Desk, lead_id) -> None:  # type: ignore[no-untyped-def]
    with desk.office.serving() as session:
        restricting.restrict(session, lead_id, actor=LEADER)
        session.commit()


def test_what_waits_is_cancelled(desk: Desk) -> None:
    before = len(desk.counted())
    lead_id = desk.won()
    _freeze(desk, lead_id)
    assert desk.state(lead_id) == ("skipped", "RESTRICTED")
    desk.work()
    assert len(desk.counted()) == before
    assert "frozen at the person" in desk.receipt(lead_id).sentence


def test_what_a_worker_had_in_hand_is_not_tried_again(desk: Desk, owner: Owner) -> None:
    before = len(desk.counted())
    lead_id = desk.won()
    owner.execute("UPDATE conversion_uploads SET state = 'sending', claim = 1, due_at = now() - interval '1 second'")
    _freeze(desk, lead_id)
    desk.work()
    assert desk.state(lead_id) == ("skipped", "RESTRICTED")
    assert len(desk.counted()) == before


def test_nobody_works_on_it(desk: Desk) -> None:
    lead_id = desk.lead()
    _freeze(desk, lead_id)
    with pytest.raises(FrozenError):
        desk.move(lead_id)
    with desk.office.serving() as session, pytest.raises(FrozenError):
        notes.add(session, lead_id, "A note", actor=Actor(desk.office.person.user_id, "Alice"))


def test_after_the_freeze_it_is_a_lead_like_others(desk: Desk) -> None:
    lead_id = desk.lead()
    _freeze(desk, lead_id)
    with desk.office.serving() as session:
        restricting.lift(session, lead_id, actor=LEADER)
        assert moves.move(session, lead_id, desk.stage_ids["Won"], actor=LEADER) is not None
        session.commit()
    assert desk.state(lead_id)[0] == "pending"


def test_the_page_says_so(wren: Wren, alice: Person, charlie: Person) -> None:
    address = f"/leads/{wren.lead_id}"
    assert charlie.client.post(f"{address}/restriction").status_code == 404
    assert alice.client.post(f"{address}/restriction").status_code == 303
    page = alice.client.get(address).text
    assert "This lead is frozen" in page and "Add a note" not in page and "Correct or add details" in page
    assert alice.client.post(f"{address}/notes", data={"body": "x"}).status_code == 409
    lead = wren.office.read(wren.lead_id)
    details = {"name": "Wren Q.", "email": lead.email, "phone": lead.phone, "value": "", "version": str(lead.version)}
    assert alice.client.post(f"{address}/corrections", data=details).status_code == 303
    page = alice.client.get(address).text
    assert "Wren Quillfeather → Wren Q." in page, "the history keeps what it said before"
    assert alice.client.post(f"{address}/restriction/end").status_code == 303
    assert "This lead is frozen" not in alice.client.get(address).text
