"""Anybody may ask support: kept safe from machines, confirmed by mail, and answered on a page."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import tenancy
from app.support import forms, jobs, threads
from app.support.forms import FASTEST_SECONDS
from app.support.models import SupportRequest
from tests.fixtures.application import Owner
from tests.fixtures.browser import Browser
from tests.fixtures.mail import Mailbox
from tests.fixtures.people import Person

ASK = {"name": "Nora", "email": "nora@example.net", "subject": "No leads", "body": "Nothing arrives."}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, owner: Owner) -> None:
    """Threads of nobody's company are emptied here; and the form may be filled in at once."""
    owner.execute("DELETE FROM support_requests")
    monkeypatch.setattr(forms, "FASTEST_SECONDS", 0)


def _shown(app: Flask) -> str:
    return forms.shown_now(app.config["SECRET_KEY"])


def _ask(app: Flask, browser: Browser, **changes: str):  # type: ignore[no-untyped-def]
    return browser.post("/support/requests/new", data=ASK | {"shown": _shown(app)} | changes)


def test_a_signed_out_person_confirms_by_mail_and_reads_the_answer(
    app: Flask, client: Browser, mailbox: Mailbox, owner: Owner
) -> None:
    assert "S-" in _ask(app, client).text
    path = mailbox.the_one("nora@example.net").path("/support/requests/")
    assert "Not confirmed yet" in client.get(path).text
    assert client.post(f"{path}/confirmation").status_code == 303
    page = client.get(path).text
    assert "With us" in page and "Nothing arrives." in page
    assert client.post(f"{path}/messages", data={"body": "Still nothing."}).status_code == 303
    assert "Still nothing." in client.get(path).text
    assert client.post(f"{path}/messages", data={"body": " "}).status_code == 422
    assert owner.execute("SELECT state, of_company FROM support_requests").fetchone() == ("open", None)


def test_a_member_asks_under_their_own_address(app: Flask, alice: Person, mailbox: Mailbox, owner: Owner) -> None:
    assert _ask(app, alice.client, email="somebody@else.example").status_code == 200
    assert mailbox.the_one(alice.email).path("/support/requests/")
    row = owner.execute("SELECT state, of_company, email FROM support_requests").fetchone()
    assert row == ("open", alice.company_id, alice.email)


def test_companies_see_their_own_threads_only(app: Flask, alice: Person, charlie: Person, new_session) -> None:  # type: ignore[no-untyped-def]
    _ask(app, alice.client)
    for person, number in ((alice, 1), (charlie, 0)):
        with new_session() as session:
            tenancy.serve(session, person.company_id)
            assert len(session.scalars(select(SupportRequest)).all()) == number
    with new_session() as session:
        assert session.scalars(select(SupportRequest)).all() == []


@pytest.mark.parametrize(
    "wrong", [{"email": "x"}, {"subject": ""}, {"body": ""}, {"body": "x" * 6000}, {"body": " \n "}]
)
def test_a_bad_form_comes_back(app: Flask, client: Browser, wrong: dict[str, str]) -> None:
    answer = _ask(app, client, **wrong)
    assert answer.status_code == 422
    assert ("Nothing arrives." if "body" not in wrong else "No leads") in answer.text


@pytest.mark.parametrize("machine", [{"website": "http://spam.example"}, {"shown": ""}, {"shown": "forged"}])
def test_machines_are_answered_and_not_kept(app: Flask, client: Browser, owner: Owner, machine: dict[str, str]) -> None:
    assert _ask(app, client, **machine).status_code == 200
    assert owner.execute("SELECT count(*) FROM support_requests").fetchone() == (0,)


def test_too_fast_is_a_machine(app: Flask, client: Browser, owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "FASTEST_SECONDS", FASTEST_SECONDS)
    assert _ask(app, client).status_code == 200
    assert owner.execute("SELECT count(*) FROM support_requests").fetchone() == (0,)


def test_nobody_is_bombed_with_mail(app: Flask, client: Browser, mailbox: Mailbox) -> None:
    for _ in range(7):
        assert _ask(app, client).status_code == 200
    assert len(mailbox.to("nora@example.net")) == threads.MOST_A_DAY


def test_strangers_do_not_use_up_what_a_person_may_ask(
    app: Flask, client: Browser, alice: Person, mailbox: Mailbox, owner: Owner
) -> None:
    for _ in range(6):
        _ask(app, client, email=alice.email)
    for _ in range(threads.MOST_A_DAY):
        assert "S-" in _ask(app, alice.client).text
    refused = _ask(app, alice.client)
    assert refused.status_code == 422
    assert "Ask again tomorrow." in refused.text
    assert "Nothing arrives." in refused.text
    own = owner.execute("SELECT count(*) FROM support_requests WHERE user_id = %s", (alice.user_id,)).fetchone()
    assert own == (threads.MOST_A_DAY,)


def test_guessed_links_open_nothing(client: Browser) -> None:
    assert client.get("/support/requests/guess").status_code == 404
    assert client.post("/support/requests/guess/messages", data={"body": "x"}).status_code == 404


def test_old_threads_go(app: Flask, client: Browser, owner: Owner) -> None:
    _ask(app, client)
    with app.app_context():
        jobs.purge()
        assert owner.execute("SELECT count(*) FROM support_requests").fetchone() == (1,)
        owner.execute("UPDATE support_requests SET updated_at = now() - interval '8 days'")
        jobs.purge()
    assert owner.execute("SELECT count(*) FROM support_requests").fetchone() == (0,)


def test_no_stranger_writes_to_anybody_through_us(app: Flask, client: Browser, mailbox: Mailbox) -> None:
    _ask(app, client, name="Win a phone", subject="Go to spam.example")
    letter = mailbox.the_one("nora@example.net")
    for text in (letter.subject, letter.text, letter.html):
        assert "Win a phone" not in text and "spam.example" not in text
