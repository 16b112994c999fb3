"""Mentions in notes: who is meant, who is told, and who is not."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.ids import new_id
from app.leads.mentions import mentioned
from tests.fixtures.application import Owner
from tests.fixtures.people import Person, Welcome
from tests.leads.conftest import Office
from tests.notifications.conftest import move

ANN, ANN_LEE, BEN = new_id(), new_id(), new_id()
NAMES = {ANN: "Ann", ANN_LEE: "Ann Lee", BEN: "Ben O'Neil"}


@pytest.mark.parametrize(
    ("body", "who"),
    [
        ("@ben can you ring?", [BEN]),
        ("@Ben O'Neil, please", [BEN]),
        ("@Ann Lee and @ann", [ANN_LEE, ANN]),
        ("(@BEN)", [BEN]),
        ("ben@ben.example", []),
        ("a@ben", []),
        ("@benny", []),
        ("@", []),
        ("no one", []),
        ("@ben @ben", [BEN]),
    ],
)
def test_who_is_meant(body: str, who: list[uuid.UUID]) -> None:
    assert mentioned(body, NAMES) == who


def test_a_first_name_that_two_share_means_neither() -> None:
    assert mentioned("@sam", {ANN: "Sam One", BEN: "Sam Two"}) == []
    assert mentioned("@sam two", {ANN: "Sam One", BEN: "Sam Two"}) == [BEN]


@given(st.text(), st.lists(st.text(max_size=20), max_size=5))
def test_any_text_and_any_names(body: str, names: list[str]) -> None:
    known = {new_id(): name for name in names}
    assert set(mentioned(body, known)) <= set(known)


def test_whoever_is_mentioned_is_told_once(office: Office, welcome: Welcome, owner: Owner, bob: Person) -> None:
    mia = welcome("Mia", "Mia's")
    move(owner, mia, office.person, "member")
    lead_id = office.lead("Hannah")
    assert office.post(f"/leads/{lead_id}/notes", {"body": "@mia, @Bob and @Alice: ring her. @mia!"}).status_code == 303
    (event,) = office.events(lead_id, "lead.mentioned")
    assert set(event.data["user_ids"]) == {str(mia.user_id), str(office.person.user_id)}
    assert "You were mentioned in a note about Hannah" in mia.client.get("/notifications").text
    assert "You were mentioned" not in office.get("/notifications").text
    assert "You were mentioned" not in bob.client.get("/notifications").text
    assert owner.execute("SELECT count(*) FROM mails WHERE template = 'lead_mentioned'").fetchone() == (1,)
    assert "Mia" in office.get(f"/leads/{lead_id}").text.split("data-mentions=")[1].split(">")[0]


def test_a_note_without_mentions_tells_nobody(office: Office) -> None:
    lead_id = office.lead("Hannah")
    office.post(f"/leads/{lead_id}/notes", {"body": "Rang her at ann@example.com."})
    assert not office.events(lead_id, "lead.mentioned")
