"""A company and its owner begin together, or not at all."""

import re

import pytest
from flask import Flask

from tests.fixtures.application import Owner
from tests.fixtures.browser import Browser
from tests.fixtures.mail import Mailbox
from tests.fixtures.people import Person

DANA = {
    "name": "Dana  Doe",
    "email": "Dana@Example.com",
    "company": "Dana's Dogs",
    "job_title": "Owner",
    "password": "seven quiet harbour lamps",
}


def _count(owner: Owner, table: str) -> int:
    row = owner.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - names of this file
    assert row is not None
    return int(str(row[0]))


def test_through_the_form_of_the_page(client: Browser, owner: Owner) -> None:
    page = client.get("/sign-up")
    assert page.status_code == 200
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    answer = client.post("/sign-up", data={**DANA, "csrf_token": token[1]}, csrf=False)
    assert (answer.status_code, answer.location) == (303, "/getting-started")
    row = owner.execute(
        "SELECT u.name, u.email, c.name, m.role, m.job_title FROM members m"
        " JOIN users u ON u.id = m.user_id JOIN companies c ON c.id = m.company_id"
    ).fetchone()
    assert row == ("Dana Doe", "dana@example.com", "Dana's Dogs", "owner", "Owner")
    assert _count(owner, "company_keys") == _count(owner, "sign_in_sessions") == 1
    assert client.get("/profile").status_code == 200


def test_the_cookie_is_for_the_server_alone(client: Browser) -> None:
    answer = client.post("/sign-up", data=DANA)
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("leader_session="))
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=1209600"} <= set(cookie.split("; "))
    assert len(cookie.split(";")[0]) == len("leader_session=") + 43


def test_the_password_is_kept_as_argon2id_and_the_token_as_a_hash(client: Browser, owner: Owner) -> None:
    client.post("/sign-up", data=DANA)
    token = client.cookie("leader_session")
    row = owner.execute(
        "SELECT u.password_hash, s.token_hash FROM users u JOIN sign_in_sessions s ON s.user_id = u.id"
    ).fetchone()
    assert row is not None and token is not None
    assert str(row[0]).startswith("$argon2id$v=19$m=64,t=2,p=1$")
    assert isinstance(row[1], bytes) and len(row[1]) == 32 and token.encode() not in row[1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": " "}, "Enter your name."),
        ({"name": "x" * 101}, "Use at most 100 characters."),
        ({"name": "A\0B"}, "ordinary signs"),
        ({"email": "dana"}, "name@example.com"),
        ({"email": "dana@exa\0mple.com"}, "name@example.com"),
        ({"email": f"{'d' * 300}@example.com"}, "name@example.com"),
        ({"company": ""}, "Enter the name of your company."),
        ({"company": "\N{PILE OF POO}" * 101}, "Use at most 100 characters."),
        ({"job_title": ""}, "Enter your role"),
        ({"password": "short"}, "at least 10"),
        ({"password": "password12"}, "easy to guess"),
        ({"password": "dana@example.com"}, "easy to guess"),
        ({"password": "danasdogs1"}, "easy to guess"),
        ({"password": "x" * 201}, "at most 200"),
    ],
)
def test_bad_input_is_named_and_nothing_is_stored(
    client: Browser, owner: Owner, change: dict[str, str], words: str
) -> None:
    answer = client.post("/sign-up", data=DANA | change)
    assert answer.status_code == 422
    assert words in answer.text
    assert _count(owner, "companies") == _count(owner, "users") == 0


def test_what_was_typed_stays_except_the_password(client: Browser) -> None:
    page = client.post("/sign-up", data=DANA | {"company": ""}).text
    assert "Dana Doe" in page and "dana@example.com" in page
    assert DANA["password"] not in page


@pytest.mark.parametrize("email", ["alice@example.com", "ALICE@EXAMPLE.COM", "free@example.com"])
def test_nothing_tells_whether_an_address_is_taken(
    client: Browser, alice: Person, owner: Owner, mailbox: Mailbox, email: str
) -> None:
    answer = client.post("/sign-up", data=DANA | {"email": email})
    assert (answer.status_code, answer.location) == (303, "/getting-started")
    assert client.get("/profile").text.count("is not confirmed yet") == 1
    letter = mailbox.the_one(email)
    is_free = email.startswith("free")
    assert letter.subject == ("Confirm your e-mail address" if is_free else "You have an account at Leader already")
    assert ("/confirm-address/" in letter.text) == is_free


def test_an_unconfirmed_address_does_not_sign_in(app: Flask, client: Browser, alice: Person, owner: Owner) -> None:
    """Whoever claims Alice's address gets neither her account nor in her way."""
    client.post("/sign-up", data=DANA | {"email": alice.email, "password": "other words entirely here"})
    for password, status in (("other words entirely here", 422), (alice.password, 303)):
        browser = app.test_client()
        assert browser.post("/sign-in", data={"email": alice.email, "password": password}).status_code == status


def test_whoever_is_signed_in_goes_to_the_leads(alice: Person, owner: Owner) -> None:
    assert alice.client.get("/sign-up").location == "/leads"
    assert alice.client.post("/sign-up", data=DANA).location == "/leads"
    assert _count(owner, "companies") == 1


def test_ten_sign_ups_an_hour_from_one_place(client: Browser) -> None:
    answers = [client.post("/sign-up", data={}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert client.get("/sign-up").status_code == 200
