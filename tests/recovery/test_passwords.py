"""A forgotten password: one answer for every address, a link that works once, and every session ends."""

import re
import statistics
import time

import pytest
from flask import Flask

from tests.fixtures.application import Owner
from tests.fixtures.browser import Browser
from tests.fixtures.mail import Mailbox
from tests.fixtures.people import PASSWORD, Person
from tests.recovery.test_addresses import set_up_two_step

NEW = "nine loud meadow kettles"


def _browser(app: Flask) -> Browser:
    browser = app.test_client()
    assert isinstance(browser, Browser)
    return browser


def _link(client: Browser, mailbox: Mailbox, person: Person) -> str:
    assert client.post("/forgotten-password", data={"email": person.email}).status_code == 200
    return mailbox.to(person.email)[0].path("/reset-password/")


def test_from_the_mail_to_the_new_password(app: Flask, client: Browser, alice: Person, mailbox: Mailbox) -> None:
    path = _link(client, mailbox, alice)
    assert alice.email in client.get(path).text
    assert client.post(path, data={"new": NEW}).location == "/sign-in"
    assert alice.client.get("/profile").status_code == 303
    for password, status in ((PASSWORD, 422), (NEW, 303)):
        assert _browser(app).post("/sign-in", data={"email": alice.email, "password": password}).status_code == status
    assert "Your password was changed" in {letter.subject for letter in mailbox.to(alice.email)}


def test_a_link_works_once(client: Browser, alice: Person, mailbox: Mailbox) -> None:
    path = _link(client, mailbox, alice)
    client.post(path, data={"new": NEW})
    assert client.get(path).status_code == client.post(path, data={"new": NEW}).status_code == 410


def test_a_link_lives_for_thirty_minutes(client: Browser, alice: Person, mailbox: Mailbox, owner: Owner) -> None:
    path = _link(client, mailbox, alice)
    owner.execute("UPDATE mailed_links SET expires_at = expires_at - interval '30 minutes'")
    assert client.get(path).status_code == 410


def test_a_link_dies_when_the_password_changes(client: Browser, alice: Person, mailbox: Mailbox) -> None:
    path = _link(client, mailbox, alice)
    alice.client.post("/profile/password", data={"current": PASSWORD, "new": NEW})
    assert client.post(path, data={"new": "seven more of these words"}).status_code == 410


def test_all_links_die_with_the_first_that_is_used(client: Browser, alice: Person, mailbox: Mailbox) -> None:
    first, second = _link(client, mailbox, alice), _link(client, mailbox, alice)
    client.post(first, data={"new": NEW})
    assert client.get(second).status_code == 410


def test_a_weak_password_keeps_the_link(client: Browser, alice: Person, mailbox: Mailbox) -> None:
    path = _link(client, mailbox, alice)
    answer = client.post(path, data={"new": "alice@example.com"})
    assert answer.status_code == 422
    assert "easy to guess" in answer.text
    assert client.post(path, data={"new": NEW}).status_code == 303


def test_somebody_else_is_signed_in_here(alice: Person, bob: Person, mailbox: Mailbox) -> None:
    path = _link(bob.client, mailbox, alice)
    assert bob.client.post(path, data={"new": NEW}).location == "/sign-in"
    assert bob.client.get("/profile").status_code == 200
    assert alice.client.get("/profile").status_code == 303


def test_known_and_unknown_addresses_get_the_same_page(client: Browser, alice: Person, mailbox: Mailbox) -> None:
    pages = set()
    for email in (alice.email, "nobody@example.com"):
        page = client.post("/forgotten-password", data={"email": email}).text
        pages.add(re.sub(r'(value|content)="[^"]*"', "", page))
    assert len(pages) == 1
    assert mailbox.to("nobody@example.com") == []


def test_known_and_unknown_addresses_take_the_same_time(
    app: Flask, client: Browser, alice: Person, owner: Owner
) -> None:
    """The same rows are written for both. Medians of interleaved tries differ by little more than chance."""
    app.config["RATELIMIT_ENABLED"] = False
    times: dict[str, list[float]] = {alice.email: [], "nobody@example.com": []}
    for _ in range(40):
        for email, taken in times.items():
            owner.execute("DELETE FROM mails")
            began = time.perf_counter()
            client.post("/forgotten-password", data={"email": email})
            taken.append(time.perf_counter() - began)
            app.extensions["leader"].bell.connection.flushdb()
    known, unknown = (statistics.median(taken) for taken in times.values())
    assert abs(known - unknown) < 0.35 * max(known, unknown)
    assert owner.execute("SELECT count(*) FROM mailed_links WHERE user_id IS NULL").fetchone() == (40,)


def test_five_mails_a_day(app: Flask, client: Browser, alice: Person, mailbox: Mailbox) -> None:
    for _ in range(7):
        assert client.post("/forgotten-password", data={"email": alice.email}).status_code == 200
    assert len(mailbox.to(alice.email)) == 5


@pytest.mark.parametrize("email", ["", "none", "a@b\0.example", "x" * 3000])
def test_what_is_no_address(client: Browser, email: str) -> None:
    assert client.post("/forgotten-password", data={"email": email}).status_code == 422


def test_whoever_never_confirmed_gets_in_too(app: Flask, client: Browser, mailbox: Mailbox, owner: Owner) -> None:
    data = {"name": "Dana", "email": "dana@example.com", "company": "D", "job_title": "O", "password": PASSWORD}
    client.post("/sign-up", data=data)
    client.post("/forgotten-password", data=data)
    path = mailbox.to("dana@example.com")[0].path("/reset-password/")
    set_up_two_step(owner)
    _browser(app).post(path, data={"new": NEW})
    inside = _browser(app)
    assert inside.post("/sign-in", data=data | {"password": NEW}).status_code == 303
    assert inside.get("/profile").status_code == 200, "no codes of somebody who was not known to own the address"


def test_a_new_browser_is_told_of_and_a_known_one_is_not(app: Flask, alice: Person, mailbox: Mailbox) -> None:
    browser = _browser(app)
    data = {"email": alice.email, "password": PASSWORD}
    agent = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"}
    assert browser.post("/sign-in", data=data, headers=agent).status_code == 303
    letter = mailbox.the_one(alice.email)
    assert letter.subject == "New sign-in to your account"
    assert "Firefox on Windows" in letter.text and "127.0.0.1" in letter.text
    browser.post("/sign-out")
    assert browser.post("/sign-in", data=data).status_code == 303
    assert len(mailbox.to(alice.email)) == 1


@pytest.mark.parametrize("cookie", ["", "x", "e30.x", "\xe9" * 50])
def test_a_made_up_list_of_devices(app: Flask, alice: Person, cookie: str) -> None:
    browser = _browser(app)
    browser.set_cookie("leader_devices", cookie, domain="127.0.0.1")
    assert browser.post("/sign-in", data={"email": alice.email, "password": PASSWORD}).status_code == 303
