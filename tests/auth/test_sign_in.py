"""Signing in: one answer for every mistake, a new session each time, and only our own pages afterwards."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from app.auth import passwords
from app.core.clock import utc_now
from tests.fixtures.application import Owner
from tests.fixtures.browser import Browser
from tests.fixtures.people import PASSWORD, Person

ALICE = {"email": "alice@example.com", "password": PASSWORD}


def test_with_the_right_password(client: Browser, alice: Person) -> None:
    answer = client.post("/sign-in", data=ALICE | {"email": " Alice@Example.COM "})
    assert (answer.status_code, answer.location) == (303, "/leads")
    assert alice.email in client.get("/profile").text


def test_every_mistake_gets_the_same_answer(app: Flask, alice: Person) -> None:
    pages = set()
    for data in (
        ALICE | {"password": "wrong horse"},
        {"email": "nobody@example.com", "password": PASSWORD},
        {"email": "no address", "password": PASSWORD},
        {"email": "nul\0@example.com", "password": PASSWORD},
        ALICE | {"password": "x" * 5000},
        ALICE | {"password": PASSWORD.upper()},
    ):
        answer = app.test_client().post("/sign-in", data=data)
        page = re.sub(r'(value|content)="[^"]*"', "", answer.text)
        pages.add((answer.status_code, page, tuple(sorted(answer.headers.keys()))))
    assert len(pages) == 1
    status, page, _ = pages.pop()
    assert status == 422
    assert "The e-mail address or the password is not right." in page


def test_an_unknown_address_costs_a_hash_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher, compared = passwords.hasher(64), []
    monkeypatch.setattr(hasher, "_argon2", _Counting(hasher._argon2, compared))
    assert not hasher.matches("whatever it is", None)
    assert not hasher.matches("whatever it is", hasher.hash("something else"))
    assert len(compared) == 2


class _Counting:
    """Argon2 that notes what it was asked to compare."""

    def __init__(self, real: object, compared: list[str]) -> None:
        self._real, self._compared = real, compared

    def verify(self, stored: str, password: str) -> bool:
        self._compared.append(stored)
        return bool(self._real.verify(stored, password))  # type: ignore[attr-defined]

    def hash(self, password: str) -> str:
        return str(self._real.hash(password))  # type: ignore[attr-defined]


def test_the_same_password_from_another_keyboard() -> None:
    hasher = passwords.hasher(64)
    assert hasher.matches("ｃａｆe\N{COMBINING ACUTE ACCENT} ﬁve", hasher.hash("caf\xe9 five"))


def test_a_hash_with_old_parameters_is_made_anew(client: Browser, alice: Person, owner: Owner) -> None:
    old = passwords.Hasher(32).hash(PASSWORD)
    owner.execute("UPDATE users SET password_hash = %s WHERE id = %s", (old, alice.user_id))
    assert client.post("/sign-in", data=ALICE).status_code == 303
    row = owner.execute("SELECT password_hash FROM users WHERE id = %s", (alice.user_id,)).fetchone()
    assert row and "m=64," in str(row[0])
    assert client.post("/sign-out").status_code == 303
    assert client.post("/sign-in", data=ALICE).status_code == 303


def test_a_cookie_from_before_is_not_taken_over(client: Browser, alice: Person) -> None:
    planted = "p" * 43
    client.set_cookie("leader_session", planted, domain="127.0.0.1")
    client.get("/sign-in")
    form_cookie = client.cookie("leader_form")
    old_token = client.csrf_token()
    client.post("/sign-in", data=ALICE)
    assert client.cookie("leader_session") not in (None, planted)
    assert client.cookie("leader_form") != form_cookie
    refused = client.post("/sign-out", headers={"X-CSRFToken": old_token}, csrf=False)
    assert refused.status_code == 400


def test_each_sign_in_is_a_session_of_its_own(app: Flask, alice: Person) -> None:
    one, other = (app.test_client() for _ in range(2))
    tokens = set()
    for browser in (one, other):
        assert isinstance(browser, Browser)
        browser.post("/sign-in", data=ALICE)
        tokens.add(browser.cookie("leader_session"))
    assert len(tokens) == 2


def test_without_the_csrf_token(client: Browser, alice: Person) -> None:
    client.get("/sign-in")
    answer = client.post("/sign-in", data=ALICE, csrf=False)
    assert answer.status_code == 400
    assert client.cookie("leader_session") is None


@pytest.mark.parametrize("address", ["/leads?stage=won&q=a%20b", "/connections", "/profile#password"])
def test_our_own_next_page(client: Browser, alice: Person, address: str) -> None:
    page = client.get("/sign-in", query_string={"next": address})
    assert 'name="next"' in page.text
    assert client.post("/sign-in", data=ALICE | {"next": address}).location == address
    assert client.get("/sign-in", query_string={"next": address}).location == address


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example",
        "http:evil.example",
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\nSet-Cookie: a=b",
        "/\0/evil.example",
        " //evil.example",
        "\x01//evil.example",
        "/\N{RIGHT-TO-LEFT OVERRIDE}evil",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "evil.example",
        "leads",
        "?next=/leads",
        "//127.0.0.1:8000@evil.example/",
        "/" + "x" * 2000,
        "",
    ],
)
def test_no_other_next_page(client: Browser, alice: Person, address: str) -> None:
    page = client.get("/sign-in", query_string={"next": address})
    assert page.status_code == 200
    assert 'name="next"' not in page.text
    assert client.post("/sign-in", data=ALICE | {"next": address}).location == "/leads"
    assert client.get("/sign-in", query_string={"next": address}).location == "/leads"


def test_ten_tries_for_one_address_from_one_place(app: Flask, client: Browser, alice: Person) -> None:
    wrong = ALICE | {"password": "wrong horse"}
    answers = [client.post("/sign-in", data=wrong).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    limited = client.post("/sign-in", data=ALICE)
    assert limited.status_code == 429
    assert "Wait 5 minutes, then try again." in limited.text
    assert 0 < int(limited.headers["Retry-After"]) <= 300
    elsewhere = app.test_client()
    answer = elsewhere.post("/sign-in", data=ALICE, environ_base={"REMOTE_ADDR": "198.51.100.7"})
    assert answer.status_code == 303


def test_sign_ins_that_succeed_do_not_count(client: Browser, alice: Person) -> None:
    for _ in range(12):
        assert client.post("/sign-in", data=ALICE).status_code == 303
        client.post("/sign-out")


def test_thirty_tries_from_one_place(client: Browser) -> None:
    answers = [
        client.post("/sign-in", data={"email": f"{n}@example.com", "password": "x"}).status_code for n in range(31)
    ]
    assert answers == [422] * 30 + [429]


def test_the_limiter_keeps_no_address(app: Flask, client: Browser) -> None:
    client.post("/sign-in", data={"email": "secret-person@example.com", "password": "x"})
    keys = app.extensions["leader"].bell.connection.keys("*")
    assert keys
    assert not [key for key in keys if b"secret-person" in key]


def test_a_session_ends_after_fourteen_days_however_busy(alice: Person, owner: Owner) -> None:
    owner.execute("UPDATE sign_in_sessions SET expires_at = now() + interval '1 second'")
    assert alice.client.get("/profile").status_code == 200
    owner.execute("UPDATE sign_in_sessions SET expires_at = now() - interval '1 second'")
    assert alice.client.get("/profile").status_code == 303


def test_the_fourteen_days_begin_at_sign_in(client: Browser, alice: Person, owner: Owner) -> None:
    with time_machine.travel(utc_now(), tick=False):
        client.post("/sign-in", data=ALICE)
        row = owner.execute("SELECT max(expires_at) FROM sign_in_sessions").fetchone()
        assert row and row[0] == utc_now() + timedelta(days=14)
