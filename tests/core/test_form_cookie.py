"""The form cookie, and the token that it carries from page to page."""

import re

import pytest
from flask import Flask, flash, get_flashed_messages, session
from hypothesis import given
from hypothesis import strategies as st

from app.core.form_cookie import csrf_token, mask, unmask
from tests.fixtures.people import Person

TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


def _cookie(app: Flask, **values: object) -> str:
    """The cookie as a browser would send it."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps(values)}"


def test_no_two_pages_show_the_same_token_and_each_is_good(alice: Person) -> None:
    tokens = [TOKEN.findall(alice.client.get("/leads").text)[0] for _ in range(2)]
    assert tokens[0] != tokens[1]
    for token in tokens:
        way = {"headers": {"X-CSRFToken": token}}, {"data": {"csrf_token": token}}
        assert [alice.client.post("/leads", csrf=False, **each).status_code for each in way] == [422, 422]


def test_one_page_shows_one_token(application: Flask) -> None:
    with application.test_request_context(headers={"Cookie": _cookie(application, csrf_token="5ec2e7")}):
        assert csrf_token() == csrf_token()
        assert unmask(csrf_token()) == "5ec2e7"


def test_a_token_fits_its_own_cookie_alone(alice: Person, charlie: Person) -> None:
    foreign = TOKEN.findall(charlie.client.get("/leads").text)[0]
    assert alice.client.post("/leads", headers={"X-CSRFToken": foreign}, csrf=False).status_code == 400


@given(st.binary(max_size=60))
def test_a_mask_comes_off(secret: bytes) -> None:
    assert unmask(mask(secret.hex())) == secret.hex()


@given(st.text(max_size=60))
def test_what_is_no_token_is_never_an_error(text: str) -> None:
    assert unmask(text) != "5ec2e7" * 10


def test_a_cookie_of_somebody_else_s_making_is_empty(application: Flask) -> None:
    forged = _cookie(application, csrf_token="secret")[:-2] + "xx"
    for _ in range(2):
        with application.test_request_context(headers={"Cookie": forged}):
            assert not dict(session)


def test_a_change_in_one_request_does_not_show_in_the_next(application: Flask) -> None:
    cookie = {"Cookie": _cookie(application, csrf_token="secret")}
    with application.test_request_context(headers=cookie):
        session["csrf_token"] = "changed"
        session["more"] = "x"
    with application.test_request_context(headers=cookie):
        assert dict(session) == {"csrf_token": "secret"}


def test_messages_are_shown_whoever_brings_them(application: Flask) -> None:
    cookie = {"Cookie": _cookie(application, _flashes=[("success", "Saved.")])}
    for _ in range(2):
        with application.test_request_context(headers=cookie):
            flash("And more.")
            assert get_flashed_messages() == ["Saved.", "And more."]


def test_an_old_cookie_is_not_honoured(application: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = {"Cookie": _cookie(application, csrf_token="seldom seen")}
    monkeypatch.setitem(application.config, "PERMANENT_SESSION_LIFETIME", -1)
    with application.test_request_context(headers=cookie):
        assert not dict(session)
