"""Tries are counted for each account and each place; a place with IPv6 is its whole network."""

import pytest
from flask import Flask

from app.core.security import place
from tests.fixtures.browser import BASE_URL, Browser
from tests.fixtures.people import PASSWORD, Person


def _browser(app: Flask, address: str = "") -> Browser:
    browser = app.test_client()
    assert isinstance(browser, Browser)
    if address:
        browser.environ_base["REMOTE_ADDR"] = address
    return browser


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unix:", "unix:"),
    ],
)
def test_places(app: Flask, address: str, counted: str) -> None:
    with app.test_request_context(base_url=BASE_URL, environ_base={"REMOTE_ADDR": address}):
        assert place() == counted


def test_an_account_is_not_guessed_from_many_places(app: Flask, alice: Person) -> None:
    wrong = {"email": alice.email, "password": "wrong horse"}
    answers = [_browser(app, f"192.0.2.{n}").post("/sign-in", data=wrong).status_code for n in range(31)]
    assert answers == [422] * 30 + [429]
    right = {"email": f" {alice.email.upper()} ", "password": PASSWORD}
    assert _browser(app, "192.0.2.200").post("/sign-in", data=right).status_code == 429


def test_strangers_do_not_lock_the_owner_out(app: Flask, alice: Person) -> None:
    right = {"email": alice.email, "password": PASSWORD}
    own = _browser(app, "198.51.100.7")
    assert own.post("/sign-in", data=right).status_code == 303
    assert own.post("/sign-out").status_code == 303
    for n in range(31):
        _browser(app, f"192.0.2.{n}").post("/sign-in", data=right | {"password": "wrong horse"})
    assert own.post("/sign-in", data=right).status_code == 303


def test_somebody_elses_browser_is_no_way_around(app: Flask, alice: Person, bob: Person) -> None:
    bobs = _browser(app)
    assert bobs.post("/sign-in", data={"email": bob.email, "password": PASSWORD}).status_code == 303
    assert bobs.post("/sign-out").status_code == 303
    for n in range(31):
        bobs.environ_base["REMOTE_ADDR"] = f"192.0.2.{n}"
        answer = bobs.post("/sign-in", data={"email": alice.email, "password": "wrong horse"})
    assert answer.status_code == 429


def test_one_network_signs_up_ten_times_an_hour(app: Flask) -> None:
    answers = [_browser(app, f"2001:db8:1:2::{n:x}").post("/sign-up", data={}).status_code for n in range(11)]
    assert answers == [422] * 10 + [429]


def test_a_password_is_asked_for_again_ten_times_from_wherever(app: Flask, alice: Person) -> None:
    answers = []
    for n in range(11):
        alice.client.environ_base["REMOTE_ADDR"] = f"192.0.2.{n}"
        typed = {"current": "wrong horse", "new": "new words nobody has heard"}
        answers.append(alice.client.post("/profile/password", data=typed).status_code)
    assert answers == [422] * 10 + [429]
