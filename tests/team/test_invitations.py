"""Inviting by mail, and joining with a new account or with one's own."""

from typing import Any

import pytest
from flask import Flask

from tests.fixtures.application import Owner
from tests.fixtures.browser import Browser
from tests.fixtures.mail import Mailbox
from tests.fixtures.people import PASSWORD, Person, Welcome
from tests.notifications.conftest import move

NORA = {"name": "Nora Neu", "job_title": "Clerk", "password": "nine loud meadow kettles"}


def _browser(app: Flask) -> Browser:
    browser = app.test_client()
    assert isinstance(browser, Browser)
    return browser


def invite(person: Person, email: str = "nora@example.com", role: str = "member") -> Any:
    return person.client.post("/settings/team/invitations", data={"email": email, "role": role})


def _link(mailbox: Mailbox, email: str = "nora@example.com") -> str:
    return mailbox.to(email)[0].path("/invitations/")


def test_a_new_person_joins(app: Flask, alice: Person, mailbox: Mailbox, owner: Owner) -> None:
    assert invite(alice, "Nora@Example.com").location == "/settings/team"
    letter = mailbox.the_one("nora@example.com")
    assert letter.subject == "Alice invites you to Alice's Awnings"
    browser, path = _browser(app), _link(mailbox)
    page = browser.get(path)
    assert "Join Alice&#39;s Awnings" in page.text and "Answers and wins leads" in page.text
    assert browser.post(path, data=NORA).location == "/leads"
    assert "nora@example.com" in browser.get("/profile").text
    row = owner.execute(
        "SELECT m.company_id, m.role, u.email_confirmed_at IS NOT NULL FROM members m"
        " JOIN users u ON u.id = m.user_id WHERE u.email = 'nora@example.com'"
    ).fetchone()
    assert row == (alice.company_id, "member", True)
    assert "Nora Neu" in alice.client.get("/settings/team").text
    assert _browser(app).get(path).status_code == _browser(app).post(path, data=NORA).status_code == 410
    assert owner.execute("SELECT count(*) FROM notification_choices").fetchone() == (2,)


def test_somebody_with_an_account_joins_and_switches(
    app: Flask, alice: Person, bob: Person, client: Browser, mailbox: Mailbox
) -> None:
    invite(alice, bob.email, "viewer")
    path = _link(mailbox, bob.email)
    page = client.get(path).text
    assert "Sign in to join" in page and "/sign-in?next=/invitations/" in page
    assert client.post(path, data=NORA).status_code == 422
    assert bob.client.get(path).status_code == 200
    assert bob.client.post(path).location == "/leads"
    assert alice.company_name in bob.client.get("/profile").text.replace("&#39;", "'")
    companies = bob.client.get("/companies").text
    assert "Bob&#39;s Boilers" in companies and "Alice&#39;s Awnings" in companies
    old = bob.client.cookie("leader_session")
    assert bob.client.post(f"/companies/{bob.company_id}/sessions").location == "/leads"
    assert bob.company_name in bob.client.get("/profile").text.replace("&#39;", "'")
    client.set_cookie("leader_session", old or "", domain="127.0.0.1")
    assert client.get("/profile").status_code == 303
    fresh = _browser(app)
    answer = fresh.post("/sign-in", data={"email": bob.email, "password": PASSWORD})
    assert answer.location == "/companies"


def test_an_invitation_is_for_its_address_alone(alice: Person, bob: Person, charlie: Person, mailbox: Mailbox) -> None:
    invite(alice, bob.email)
    path = _link(mailbox, bob.email)
    assert "You are signed in as charlie@example.com" in charlie.client.get(path).text
    assert charlie.client.post(path, data=NORA).status_code == 422
    assert alice.company_name not in charlie.client.get("/companies").text.replace("&#39;", "'")


def test_sent_again_the_old_link_dies(app: Flask, alice: Person, mailbox: Mailbox, owner: Owner) -> None:
    invite(alice)
    old = _link(mailbox)
    row = owner.execute("SELECT id FROM invitations").fetchone()
    assert row
    assert alice.client.post(f"/settings/team/invitations/{row[0]}/mails").status_code == 303
    assert _browser(app).get(old).status_code == 410
    assert _browser(app).get(_link(mailbox)).status_code == 200
    assert alice.client.post(f"/settings/team/invitations/{row[0]}/mails").status_code == 303
    assert alice.client.post(f"/settings/team/invitations/{row[0]}/mails").status_code == 422
    assert len(mailbox.to("nora@example.com")) == 3


def test_taken_back_and_expired(app: Flask, alice: Person, charlie: Person, mailbox: Mailbox, owner: Owner) -> None:
    invite(alice)
    path = _link(mailbox)
    row = owner.execute("SELECT id FROM invitations").fetchone()
    assert row
    for what in ("mails", "end"):
        assert charlie.client.post(f"/settings/team/invitations/{row[0]}/{what}").status_code == 404
    owner.execute("UPDATE invitations SET expires_at = now()")
    assert _browser(app).get(path).status_code == 410
    owner.execute("UPDATE invitations SET expires_at = now() + interval '1 day'")
    assert alice.client.post(f"/settings/team/invitations/{row[0]}/end").status_code == 303
    assert _browser(app).get(path).status_code == 410


@pytest.mark.parametrize(
    ("email", "role", "words"),
    [
        ("none", "member", "name@example.com"),
        ("alice@example.com", "member", "in your team already"),
        ("nora@example.com", "owner", "Not a valid choice"),
        ("", "member", "Enter the e-mail address."),
    ],
)
def test_a_bad_invitation(alice: Person, mailbox: Mailbox, email: str, role: str, words: str) -> None:
    answer = invite(alice, email, role)
    assert answer.status_code == 422
    assert words in answer.text


def test_who_has_not_confirmed_invites_nobody(alice: Person, mailbox: Mailbox, owner: Owner) -> None:
    owner.execute("UPDATE users SET email_confirmed_at = NULL")
    answer = invite(alice)
    assert answer.status_code == 422
    assert "Confirm your own e-mail address first" in answer.text
    assert mailbox.to("nora@example.com") == []


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_members_and_viewers_invite_nobody(alice: Person, owner: Owner, role: str) -> None:
    owner.execute("UPDATE members SET role = %s", (role,))
    assert invite(alice).status_code == 403
    page = alice.client.get("/settings/team")
    assert page.status_code == 200 and "Invite somebody" not in page.text


@pytest.mark.parametrize("token", ["x", "x" * 43, "%00"])
def test_made_up_invitations(client: Browser, token: str) -> None:
    assert client.get(f"/invitations/{token}").status_code == 410
    assert client.post(f"/invitations/{token}", data=NORA).status_code == 410


def test_a_weak_password_keeps_the_invitation(app: Flask, alice: Person, mailbox: Mailbox) -> None:
    invite(alice)
    browser, path = _browser(app), _link(mailbox)
    answer = browser.post(path, data=NORA | {"password": "nora@example.com"})
    assert answer.status_code == 422 and "easy to guess" in answer.text
    assert browser.post(path, data=NORA).status_code == 303


@pytest.mark.parametrize("end", ["role", "removal"])
def test_invitations_end_with_the_right_to_invite(
    app: Flask, alice: Person, welcome: Welcome, mailbox: Mailbox, owner: Owner, end: str
) -> None:
    mia = welcome("Mia", "Mia's")
    move(owner, mia, alice, "admin")
    assert invite(mia).status_code == 303
    path = _link(mailbox)
    assert _browser(app).get(path).status_code == 200
    assert alice.client.post(f"/settings/team/{mia.user_id}/{end}", data={"role": "member"}).status_code == 303
    assert _browser(app).get(path).status_code == _browser(app).post(path, data=NORA).status_code == 410
    assert owner.execute("SELECT count(*) FROM invitations").fetchone() == (0,)


def test_an_invitation_that_slips_through_meanwhile_opens_nothing(
    app: Flask, alice: Person, mailbox: Mailbox, owner: Owner
) -> None:
    invite(alice)
    owner.execute("UPDATE members SET role = 'member' WHERE user_id = %s", (alice.user_id,))
    assert _browser(app).get(_link(mailbox)).status_code == 410


def test_somebody_who_only_claims_the_address_does_not_join(
    app: Flask, alice: Person, client: Browser, mailbox: Mailbox, owner: Owner
) -> None:
    """Whoever signed up with Nora's address would otherwise come in with her."""
    claimed = {"name": "No", "email": "nora@example.com", "company": "No", "job_title": "No", "password": PASSWORD}
    assert client.post("/sign-up", data=claimed).status_code == 303
    invite(alice)
    path = _link(mailbox)
    assert "Confirm your e-mail address first" in client.get(path).text
    assert client.post(path).status_code == client.post(path, data=NORA).status_code == 422
    assert owner.execute("SELECT count(*) FROM members WHERE company_id = %s", (alice.company_id,)).fetchone() == (1,)
    assert _browser(app).post(path, data=NORA).status_code == 303
