"""Somebody who does not know the company asks: nothing before they confirm, and nobody learns of another company."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.core import tenancy
from app.core.clock import utc_now
from app.core.ids import new_id
from app.leads import stages
from app.leads.models import Lead
from app.privacy_requests import gates, jobs, passing, requests
from app.privacy_requests.gates import Passed
from tests.fixtures.application import NewSession, Owner
from tests.fixtures.browser import Browser
from tests.fixtures.mail import Mailbox
from tests.fixtures.people import Person

ASK = {"kind": "access", "name": "Wren Quill", "email": "wren@canary.example"}
DESK = "/settings/privacy-requests"


@pytest.fixture(autouse=True)
def nobody_asked(owner: Owner) -> Iterator[None]:
    yield
    owner.execute("DELETE FROM passed_requests")


@pytest.fixture
def holders(new_session: NewSession, alice: Person, bob: Person, charlie: Person) -> list[Person]:
    """Alice and Bob hold the address, Charlie another, and a sample of his has it."""
    for person, email, is_demo in (
        (alice, "Wren@Canary.example", False),
        (bob, "wren@canary.example", False),
        (charlie, "robin@canary.example", False),
        (charlie, "wren@canary.example", True),
    ):
        session = new_session()
        tenancy.serve(session, person.company_id)
        session.add(Lead(stage_id=stages.in_order(session)[0].id, email=email, currency="GBP", is_demo=is_demo))
        session.commit()
    return [alice, bob]


def ask(client: FlaskClient, mailbox: Mailbox, **changes: str) -> str:
    """The path of the mailed link."""
    given = ASK | changes
    assert client.post("/privacy/request", data=given).status_code == 200
    return mailbox.to(given["email"])[-1].path("/privacy/passed/")


def work(app: Flask) -> None:
    with app.app_context():
        jobs.pass_on()


def known(owner: Owner) -> list[tuple[object, ...]]:
    return owner.execute("SELECT company_id FROM privacy_requests ORDER BY company_id").fetchall()


def test_each_company_that_holds_the_address_gets_it_as_its_own(
    app: Flask, client: Browser, owner: Owner, mailbox: Mailbox, holders: list[Person], charlie: Person
) -> None:
    path = ask(client, mailbox)
    work(app)
    assert known(owner) == [], "nothing is looked for before the address is confirmed"
    assert "Yes, this is my request" in client.get(path).text
    for _ in range(2):
        assert client.post(f"{path}/confirmation").status_code == 303
    for _ in range(2):
        work(app)
    assert known(owner) == sorted((person.company_id,) for person in holders)
    for person in holders:
        page = person.client.get(DESK).text
        assert "Wren Quill" in page
        assert len(mailbox.to(person.email)) == 1
    assert "Wren Quill" not in charlie.client.get(DESK).text
    assert mailbox.to(charlie.email) == []
    assert "Bob" not in holders[0].client.get(DESK).text


def test_what_the_person_sees_is_the_same_whoever_holds_the_address(
    app: Flask, client: Browser, mailbox: Mailbox, holders: list[Person]
) -> None:
    seen = []
    for email in ("wren@canary.example", "nobody@canary.example"):
        path = ask(client, mailbox, email=email)
        client.post(f"{path}/confirmation")
        client.get(path)
        work(app)
        seen.append(client.get(path).text.partition("<h1")[2].partition("</main>")[0])
    assert seen[0] == seen[1]
    assert "Alice" not in seen[0]


def test_once_it_is_passed_on_nothing_says_who_asked(
    app: Flask, client: Browser, owner: Owner, mailbox: Mailbox, holders: list[Person]
) -> None:
    client.post(f"{ask(client, mailbox)}/confirmation")
    work(app)
    assert owner.execute("SELECT name, email, passed_at IS NULL FROM passed_requests").fetchall() == [("", "", False)]
    owner.execute("UPDATE passed_requests SET asked_at = now() - interval '31 days'")
    with app.app_context():
        jobs.purge()
    assert owner.execute("SELECT count(*) FROM passed_requests").fetchone() == (0,)


def test_a_worker_that_dies_half_way_doubles_nothing(
    app: Flask, client: Browser, owner: Owner, mailbox: Mailbox, holders: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post(f"{ask(client, mailbox)}/confirmation")
    hand_over, done = passing.hand_over, []

    def dies(session: Session, passed: Passed) -> None:
        if done:
            raise SystemExit("killed")
        done.append(passed.id)
        hand_over(session, passed)

    monkeypatch.setattr(passing, "hand_over", dies)
    with pytest.raises(SystemExit):
        work(app)
    assert len(known(owner)) == 1
    monkeypatch.setattr(passing, "hand_over", hand_over)
    work(app)
    assert known(owner) == sorted((person.company_id,) for person in holders)
    assert owner.execute("SELECT count(*) FROM events WHERE type = 'privacy.requested'").fetchone() == (2,)


def test_it_counts_from_the_day_on_which_the_person_asked(new_session: NewSession, alice: Person, owner: Owner) -> None:
    session = new_session()
    tenancy.serve(session, alice.company_id)
    asked_at = utc_now().replace(year=2026, month=1, day=5, hour=12)
    passed = Passed(new_id(), "access", "Wren", "wren@canary.example", "en", asked_at, [alice.company_id])
    passing.hand_over(session, passed)
    session.commit()
    row = owner.execute("SELECT due_on::text, received_at, state FROM privacy_requests").fetchone()
    assert row == ("2026-02-05", asked_at, "open")


def test_nobody_is_bombed_with_mail(client: Browser, mailbox: Mailbox) -> None:
    for _ in range(5):
        assert client.post("/privacy/request", data=ASK).status_code == 200
    assert len(mailbox.to(ASK["email"])) == requests.MOST_A_DAY


@pytest.mark.parametrize("wrong", [{"email": "nobody"}, {"kind": "steal"}, {"name": ""}, {"email": "a@b.c" * 99}])
def test_a_bad_form_comes_back(client: Browser, owner: Owner, wrong: dict[str, str]) -> None:
    assert client.post("/privacy/request", data=ASK | wrong).status_code == 422
    assert owner.execute("SELECT count(*) FROM passed_requests").fetchone() == (0,)


def test_machines_and_guesses_get_nowhere(client: Browser, owner: Owner, session: Session) -> None:
    assert client.post("/privacy/request", data=ASK | {"website": "http://spam.example"}).status_code == 200
    assert owner.execute("SELECT count(*) FROM passed_requests").fetchone() == (0,)
    assert client.get("/privacy/passed/guess").status_code == 404
    client.post("/privacy/passed/guess/confirmation")
    assert gates.due_passed(session, 10) == []


def test_no_company_may_read_what_waits(owner: Owner) -> None:
    for right in ("SELECT", "INSERT", "UPDATE", "DELETE"):
        row = owner.execute("SELECT has_table_privilege('leader_app', 'passed_requests', %s)", (right,)).fetchone()
        assert row == (False,)


def test_one_that_fails_keeps_no_other_waiting_and_is_never_lost(
    app: Flask, client: Browser, mailbox: Mailbox, holders: list[Person], owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    for email in ("robin@canary.example", ASK["email"]):
        client.post(f"{ask(client, mailbox, email=email)}/confirmation")
    hand_over = passing.hand_over

    def fail_for_robin(session: Session, passed: Passed) -> None:
        if passed.email.startswith("robin"):
            raise OSError("disk")
        hand_over(session, passed)

    monkeypatch.setattr(passing, "hand_over", fail_for_robin)
    work(app)
    assert owner.execute("SELECT email FROM passed_requests WHERE passed_at IS NULL").fetchall() == [
        ("robin@canary.example",)
    ]
    owner.execute("UPDATE passed_requests SET asked_at = now() - interval '40 days'")
    with app.app_context():
        jobs.purge()
    assert owner.execute("SELECT count(*) FROM passed_requests").fetchone() == (1,), "it waits until it is passed on"
