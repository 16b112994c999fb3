"""Roles, removal, handing over, and companies: nobody reaches into a team that is not theirs."""

import uuid

import pytest

from tests.fixtures.application import Owner
from tests.fixtures.people import PASSWORD, Person, Welcome
from tests.notifications.conftest import move


@pytest.fixture
def mia(alice: Person, welcome: Welcome, owner: Owner) -> Person:
    person = welcome("Mia", "Mia's")
    move(owner, person, alice, "member")
    return person


def _role(owner: Owner, person: Person) -> object:
    row = owner.execute("SELECT role FROM members WHERE user_id = %s", (person.user_id,)).fetchone()
    return row and row[0]


def test_a_role_changes_with_the_next_click(alice: Person, mia: Person, owner: Owner) -> None:
    assert alice.client.post(f"/settings/team/{mia.user_id}/role", data={"role": "viewer"}).status_code == 303
    assert _role(owner, mia) == "viewer"
    assert mia.client.post(f"/leads/{uuid.uuid4()}/answers").status_code == 403
    row = owner.execute("SELECT data FROM events WHERE type = 'member.role_changed'").fetchone()
    assert row and row[0] == {"user_id": str(mia.user_id), "name": "Mia", "from": "member", "to": "viewer"}


@pytest.mark.parametrize("role", ["owner", "", "king"])
def test_roles_that_cannot_be_given(alice: Person, mia: Person, owner: Owner, role: str) -> None:
    assert alice.client.post(f"/settings/team/{mia.user_id}/role", data={"role": role}).status_code == 422
    assert _role(owner, mia) == "member"


def test_the_owner_is_out_of_reach(alice: Person, mia: Person, owner: Owner) -> None:
    owner.execute("UPDATE members SET role = 'admin' WHERE user_id = %s", (mia.user_id,))
    for person in (alice, mia):
        for what in ("role", "removal"):
            answer = person.client.post(f"/settings/team/{alice.user_id}/{what}", data={"role": "viewer"})
            assert answer.status_code == 422
    assert _role(owner, alice) == "owner"
    assert mia.client.post(f"/settings/team/{mia.user_id}/role", data={"role": "viewer"}).status_code == 422


def test_removal_signs_out_at_once(alice: Person, mia: Person, owner: Owner) -> None:
    assert mia.client.get("/profile").status_code == 200
    assert alice.client.post(f"/settings/team/{mia.user_id}/removal").status_code == 303
    assert mia.client.get("/profile").status_code == 303
    assert _role(owner, mia) is None
    assert "Mia" not in alice.client.get("/settings/team").text
    assert owner.execute("SELECT count(*) FROM events WHERE type = 'member.removed'").fetchone() == (1,)
    assert alice.client.post(f"/settings/team/{mia.user_id}/removal").status_code == 404


def test_the_company_is_handed_over_with_the_password(alice: Person, mia: Person, owner: Owner) -> None:
    data = {"user_id": str(mia.user_id), "password": "wrong horse"}
    assert alice.client.post("/settings/team/ownership", data=data).status_code == 422
    assert alice.client.post("/settings/team/ownership", data={"user_id": "x"}).status_code == 422
    assert alice.client.post("/settings/team/ownership", data=data | {"password": PASSWORD}).status_code == 303
    assert (_role(owner, alice), _role(owner, mia)) == ("admin", "owner")
    assert alice.client.post("/settings/team/ownership", data=data).status_code == 403


def test_a_stranger_finds_nobody(alice: Person, mia: Person, charlie: Person, owner: Owner) -> None:
    for what in ("role", "removal"):
        answer = charlie.client.post(f"/settings/team/{mia.user_id}/{what}", data={"role": "viewer"})
        assert answer.status_code == 404
    data = {"user_id": str(mia.user_id), "password": PASSWORD}
    assert charlie.client.post("/settings/team/ownership", data=data).status_code == 404
    assert charlie.client.post(f"/companies/{alice.company_id}/sessions").status_code == 404
    assert "Mia" not in charlie.client.get("/settings/team").text
    assert _role(owner, mia) == "member"


def test_members_change_nobody(alice: Person, mia: Person) -> None:
    for what in ("role", "removal"):
        assert mia.client.post(f"/settings/team/{alice.user_id}/{what}").status_code == 403
    assert mia.client.post("/settings/team/ownership").status_code == 403
