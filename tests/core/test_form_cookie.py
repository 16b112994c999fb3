"""The form cookie, and the token that it carries from page to page."""

import re

import pytest
from flask import Flask, flash, get_flashed_messages, session
from flask_wtf.csrf import generate_csrf, validate_csrf
from wtforms import ValidationError

from app.core.form_cookie import csrf_token
from tests.fixtures.people import Person

TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


def _cookie(app: Flask, **values: object) -> str:
    """The cookie as a browser would send it."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps(values)}"


def test_a_token_stays_the_same_and_fits_its_own_cookie_alone(alice: Person, charlie: Person) -> None:
    first, second = (TOKEN.search(alice.client.get("/leads").text) for _ in range(2))
    foreign = TOKEN.search(charlie.client.get("/leads").text)
    assert first and second and foreign
    assert first[1] == second[1] != foreign[1]


def test_the_token_is_the_one_that_is_checked(application: Flask) -> None:
    with application.test_request_context(headers={"Cookie": _cookie(application, csrf_token="secret")}):
        token = csrf_token()
        assert token == generate_csrf()
        validate_csrf(token)
    with application.test_request_context(headers={"Cookie": _cookie(application, csrf_token="other")}):
        assert csrf_token() != token
        with pytest.raises(ValidationError):
            validate_csrf(token)


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
