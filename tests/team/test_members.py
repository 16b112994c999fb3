"""Roles, removal, handing over, and companies: nobody reaches into a team that is not theirs."""

import uuid

import pytest

from tests.fixtures.application import Owner
from tests.fixtures.browser import Browser
from tests.fixtures.mail import Mailbox
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


def _join(owner: Owner, person: Person, to: Person, role: str) -> None:
    """The person belongs to a second company."""
    owner.execute(
        "INSERT INTO members (company_id, id, user_id, role, job_title, created_at) VALUES (%s, %s, %s, %s, '', now())",
        (to.company_id, uuid.uuid4(), person.user_id, role),
    )


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


def test_whoever_is_removed_may_begin_anew(
    alice: Person, mia: Person, client: Browser, mailbox: Mailbox, owner: Owner
) -> None:
    assert alice.client.post(f"/settings/team/{mia.user_id}/removal").status_code == 303
    assert owner.execute("SELECT 1 FROM users WHERE id = %s", (mia.user_id,)).fetchone() is None
    typed = {"name": "Mia", "email": mia.email, "company": "Mia's", "job_title": "Owner", "password": PASSWORD}
    assert client.post("/sign-up", data=typed).status_code == 303
    assert (
        client.post(mailbox.to(mia.email)[0].path("/confirm-address/"), data={"password": PASSWORD}).status_code == 200
    )
    client.post("/sign-out")
    assert client.post("/sign-in", data={"email": mia.email, "password": PASSWORD}).status_code == 303


def test_whoever_belongs_elsewhere_stays(alice: Person, bob: Person, mia: Person, owner: Owner) -> None:
    _join(owner, mia, bob, "member")
    assert alice.client.post(f"/settings/team/{mia.user_id}/removal").status_code == 303
    assert owner.execute("SELECT company_id FROM members WHERE user_id = %s", (mia.user_id,)).fetchall() == [
        (bob.company_id,)
    ]


@pytest.mark.parametrize(("role", "is_reached"), [("owner", True), ("admin", False)])
def test_an_owner_reaches_a_closed_company(
    alice: Person, bob: Person, owner: Owner, role: str, is_reached: bool
) -> None:
    _join(owner, alice, bob, role)
    owner.execute(
        "UPDATE companies SET closed_at = now(), erase_at = now() + interval '30 days' WHERE id = %s", (bob.company_id,)
    )
    assert (bob.company_name.replace("'", "&#39;") in alice.client.get("/companies").text) is is_reached
    answer = alice.client.post(f"/companies/{bob.company_id}/sessions")
    assert answer.status_code == (303 if is_reached else 404)
    if is_reached:
        page = alice.client.get("/leads", follow_redirects=True).text
        assert "Your account is closed" in page


def test_a_company_to_be_erased_is_out_of_reach(alice: Person, bob: Person, owner: Owner) -> None:
    _join(owner, alice, bob, "owner")
    owner.execute("UPDATE companies SET closed_at = now(), erase_at = now() WHERE id = %s", (bob.company_id,))
    assert alice.client.post(f"/companies/{bob.company_id}/sessions").status_code == 404


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
