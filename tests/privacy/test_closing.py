"""Closing an account: at once, completely, and with a way back."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from app.connections import jobs as connection_jobs
from app.mailing import gates as mail_gates
from tests.conversions.conftest import Desk
from tests.fixtures.application import NewSession, Owner
from tests.fixtures.browser import Browser
from tests.fixtures.people import Person
from tests.privacy.conftest import closed, sign_in


def site_key(owner: Owner, person: Person) -> str:
    row = owner.execute("SELECT site_key FROM capture_sources WHERE company_id = %s", (person.company_id,)).fetchone()
    assert row
    return str(row[0])


def send(client: Browser, key: str) -> int:
    return client.post(f"/c/{key}", json={"fields": {"email": "late@example.org"}}, csrf=False).status_code


def test_the_page_says_what_will_be_lost(alice: Person) -> None:
    page = alice.client.get("/account/closing").text
    assert "Nobody can undo this" in page
    assert "Alice&#39;s Awnings" in page


@pytest.mark.parametrize("role", ["admin", "member", "viewer"])
def test_only_an_owner_may(alice: Person, owner: Owner, role: str) -> None:
    owner.execute("UPDATE members SET role = %s WHERE user_id = %s", (role, alice.user_id))
    assert alice.client.get("/account/closing").status_code == 403
    assert closed(alice) == 403


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"password": "not this one at all"}, "This is not your password."),
        ({"company_name": "Bob's Boilers"}, "This is not the name of your company."),
        ({"company_name": ""}, "Type the name of your company."),
        ({"password": ""}, "Enter your password."),
    ],
)
def test_both_the_name_and_the_password_are_needed(
    alice: Person, owner: Owner, wrong: dict[str, str], sentence: str
) -> None:
    data = {"company_name": alice.company_name, "password": alice.password} | wrong
    answer = alice.client.post("/account/closing", data=data)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert owner.execute("SELECT 1 FROM companies WHERE closed_at IS NOT NULL").fetchone() is None


def test_it_takes_effect_at_once(alice: Person, bob: Person, client: Browser, owner: Owner) -> None:
    key = site_key(owner, alice)
    assert send(client, key) == 201
    assert closed(alice, company_name="  alice's   AWNINGS ") == 303
    assert alice.client.get("/leads").location.startswith("/sign-in")
    assert send(client, key) == 410
    for path in (f"/f/{key}", f"/f/{key}/thanks"):
        assert client.get(path).status_code == 410
    assert client.post(f"/f/{key}", data={"email": "late@example.org"}).status_code == 410
    assert owner.execute("SELECT count(*) FROM inbox_items").fetchone() == (1,)
    assert bob.client.get("/leads").status_code == 200
    assert send(client, site_key(owner, bob)) == 201


def test_a_closed_account_shows_one_page_only(alice: Person) -> None:
    closed(alice)
    sign_in(alice)
    for path in ("/leads", "/profile", "/connections", "/account/closing"):
        assert alice.client.get(path).location == "/account/closed", path
    page = alice.client.get("/account/closed")
    assert page.status_code == 200
    assert "Bring the account back" in page.text
    assert "Open your leads" not in page.text


def test_everything_can_still_be_taken_along(alice: Person) -> None:
    closed(alice)
    sign_in(alice)
    assert "/settings/data" in alice.client.get("/account/closed").text
    assert alice.client.get("/settings/data").status_code == 200
    assert alice.client.post("/settings/data/exports").status_code == 303
    assert alice.client.get("/settings/data/record").location == "/account/closed"


def test_the_owner_brings_it_back(alice: Person, client: Browser, owner: Owner) -> None:
    key = site_key(owner, alice)
    closed(alice)
    sign_in(alice)
    assert alice.client.post("/account/closed/return").location == "/leads"
    assert alice.client.get("/leads").status_code == 200
    assert alice.client.get("/account/closed").location == "/leads"
    assert send(client, key) == 201
    types = [row[0] for row in owner.execute("SELECT type FROM events WHERE type LIKE 'company.%' ORDER BY id")]
    assert types == ["company.founded", "company.closed", "company.reopened"]


def test_others_in_the_company_may_not(alice: Person, owner: Owner) -> None:
    closed(alice)
    sign_in(alice)
    owner.execute("UPDATE members SET role = 'admin' WHERE user_id = %s", (alice.user_id,))
    assert "Bring the account back" not in alice.client.get("/account/closed").text
    assert alice.client.post("/account/closed/return").status_code == 403


def test_nobody_brings_it_back_when_its_time_is_over(alice: Person, let_thirty_days_pass: Callable[[], None]) -> None:
    closed(alice)
    sign_in(alice)
    let_thirty_days_pass()
    assert alice.client.post("/account/closed/return").status_code == 409


def test_strangers_see_nothing_of_it(alice: Person, charlie: Person, client: Browser) -> None:
    closed(alice)
    assert client.get("/account/closed").location.startswith("/sign-in")
    assert charlie.client.get("/account/closed").location == "/leads"


def test_connections_are_revoked_and_uploads_cancelled(full_desk: Desk, app: Flask, owner: Owner) -> None:
    desk = full_desk
    assert closed(desk.office.person) == 303
    states = {row[0] for row in owner.execute("SELECT state FROM conversion_uploads")}
    assert states <= {"skipped", "parked", "accepted", "rejected"}
    assert owner.execute("SELECT DISTINCT state FROM connections").fetchall() == [("disconnecting",)]
    with app.app_context():
        connection_jobs.finish_disconnecting()
    assert owner.execute("SELECT DISTINCT state FROM connections").fetchall() == [("deleted",)]
    assert desk.office.live_grants() == 0
    sent = len(desk.counted())
    desk.work()
    assert len(desk.counted()) == sent


def test_mails_stop_but_for_the_one_that_says_so(
    alice: Person, bob: Person, owner: Owner, new_session: NewSession
) -> None:
    owner.execute("DELETE FROM mails")
    for person in (alice, bob):
        owner.execute(
            "INSERT INTO mails (id, company_id, template, recipient, language, values, unsubscribe, state, reason,"
            " claim, attempts, due_at, created_at)"
            " VALUES (%s, %s, 'confirm_address', 'x@example.org', 'en', '{}', '', 'pending', '', 0, 0, now(), now())",
            (uuid.uuid4(), person.company_id),
        )
    closed(alice)
    session = new_session()
    claimed = []
    while found := mail_gates.claim(session, most=1, lease=timedelta(minutes=5)):
        claimed += found
    assert sorted(mail.template for mail in claimed) == ["account_closed", "confirm_address"]
    letter = next(mail for mail in claimed if mail.template == "account_closed")
    assert letter.recipient == alice.email
    assert letter.values["certificate_path"].startswith("/certificates/")


def test_a_changed_password_is_told_to_people_of_a_closed_company(
    alice: Person, owner: Owner, new_session: NewSession
) -> None:
    closed(alice)
    owner.execute("DELETE FROM mails")
    owner.execute(
        "INSERT INTO mails (id, company_id, template, recipient, language, values, unsubscribe, state, reason,"
        " claim, attempts, due_at, created_at)"
        " SELECT gen_random_uuid(), %s, t, 'x@example.org', 'en', '{}', '', 'pending', '', 0, 0, now(), now()"
        " FROM unnest(ARRAY['password_changed', 'digest']) t",
        (alice.company_id,),
    )
    claimed = mail_gates.claim(new_session(), most=5, lease=timedelta(minutes=5))
    assert [mail.template for mail in claimed] == ["password_changed"]
