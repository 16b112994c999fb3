"""Addresses are confirmed by whoever reads them, and changed by both sides."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from app.core import clock
from tests.fixtures.application import Owner
from tests.fixtures.browser import Browser
from tests.fixtures.mail import Mailbox
from tests.fixtures.people import PASSWORD, Person

DANA = {
    "name": "Dana Doe",
    "email": "dana@example.com",
    "company": "Dana's Dogs",
    "job_title": "Owner",
    "password": PASSWORD,
}
SIGN_IN = {"email": DANA["email"], "password": PASSWORD}


@pytest.fixture
def dana(client: Browser) -> Browser:
    """Has just signed up."""
    assert client.post("/sign-up", data=DANA).status_code == 303
    return client


def _browser(app: Flask) -> Browser:
    browser = app.test_client()
    assert isinstance(browser, Browser)
    return browser


def set_up_two_step(owner: Owner) -> None:
    """Of the one account that there is: codes that only whoever signed up has."""
    owner.execute(
        "INSERT INTO second_factors (user_id, wrapped_key, sealed_code_key, last_step, recovery_marks, confirmed_at,"
        " created_at) SELECT id, 'x', 'x', 0, '[]', now(), now() FROM users"
    )


def _address(owner: Owner, person: Person) -> tuple[object, ...] | None:
    return owner.execute("SELECT email FROM users WHERE id = %s", (person.user_id,)).fetchone()


def test_a_link_confirms_in_any_browser(app: Flask, dana: Browser, mailbox: Mailbox, owner: Owner) -> None:
    other = _browser(app)
    assert other.post("/sign-in", data=SIGN_IN).status_code == 422
    path = mailbox.the_one("dana@example.com").path("/confirm-address/")
    page = other.get(path)
    assert page.status_code == 200
    assert "Dana Doe of Dana&#39;s Dogs wants to use dana@example.com" in page.text
    assert "is not confirmed yet" in dana.get("/profile").text  # looking at the page confirms nothing
    assert "is confirmed" in other.post(path, data=SIGN_IN).text
    assert "is not confirmed yet" not in dana.get("/profile").text
    assert other.post("/sign-in", data=SIGN_IN).status_code == 303
    assert owner.execute("SELECT count(*) FROM events WHERE type = 'user.address_confirmed'").fetchone() == (1,)


def test_a_link_works_once_and_for_a_day(app: Flask, dana: Browser, mailbox: Mailbox) -> None:
    path = mailbox.the_one("dana@example.com").path("/confirm-address/")
    with time_machine.travel(clock.utc_now() + timedelta(hours=1)):
        assert _browser(app).post(path, data=SIGN_IN).status_code == 200
        assert _browser(app).post(path, data=SIGN_IN).status_code == 410
        assert _browser(app).get(path).status_code == 410


def test_an_old_link(app: Flask, dana: Browser, mailbox: Mailbox, owner: Owner) -> None:
    path = mailbox.the_one("dana@example.com").path("/confirm-address/")
    owner.execute("UPDATE mailed_links SET expires_at = now() - interval '1 second'")
    assert _browser(app).get(path).status_code == _browser(app).post(path).status_code == 410


@pytest.mark.parametrize("token", ["x", "x" * 43, "\xe9", "x" * 5000, "%00"])
def test_made_up_links(app: Flask, client: Browser, token: str) -> None:
    for address in (f"/confirm-address/{token}", f"/reset-password/{token}"):
        assert client.get(address).status_code in (404, 410)
        assert client.post(address).status_code in (404, 410)


def test_the_list_of_mails_does_not_tell_who_has_an_account(dana: Browser, alice: Person, owner: Owner) -> None:
    for email in (alice.email, "free@example.net"):
        dana.post("/profile/email", data={"email": email, "password": PASSWORD})
        assert email not in dana.get("/settings/mail").text
    mails = "SELECT template FROM mails WHERE recipient = ANY (%s) AND company_id IS NULL ORDER BY id"
    rows = owner.execute(mails, ([alice.email, "free@example.net"],)).fetchall()
    assert {"already_member", "confirm_address"} <= {template for (template,) in rows}


def test_three_mails_in_six_hours(dana: Browser, mailbox: Mailbox) -> None:
    for _ in range(4):
        assert dana.post("/profile/confirmation-mails").status_code == 303
    assert len(mailbox.to("dana@example.com")) == 3


def test_of_two_who_claim_an_address_one_confirms(app: Flask, dana: Browser, mailbox: Mailbox, owner: Owner) -> None:
    first = mailbox.the_one("dana@example.com").path("/confirm-address/")
    _browser(app).post("/sign-up", data=DANA | {"name": "Second"})
    second = mailbox.to("dana@example.com")[0].path("/confirm-address/")
    assert _browser(app).post(second, data=SIGN_IN).status_code == 200
    answer = _browser(app).post(first, data=SIGN_IN)
    assert answer.status_code == 409
    assert "belongs to another account" in answer.text
    confirmed = owner.execute("SELECT name FROM users WHERE email_confirmed_at IS NOT NULL").fetchall()
    assert confirmed == [("Second",)]


def test_both_sides_agree_to_a_new_address(app: Flask, alice: Person, mailbox: Mailbox, owner: Owner) -> None:
    data = {"email": "New@Example.com", "password": PASSWORD}
    assert alice.client.post("/profile/email", data=data).location == "/profile"
    new = mailbox.the_one("new@example.com").path("/confirm-address/")
    old = mailbox.the_one(alice.email).path("/confirm-address/")
    answer = _browser(app).post(new, data=data)
    assert "One link is still to be opened" in answer.text
    assert _address(owner, alice) == (alice.email,)
    assert "is confirmed" in _browser(app).post(old).text
    assert _address(owner, alice) == ("new@example.com",)
    assert _browser(app).post("/sign-in", data=data).status_code == 303


def test_the_old_side_alone_changes_nothing(app: Flask, alice: Person, mailbox: Mailbox, owner: Owner) -> None:
    alice.client.post("/profile/email", data={"email": "new@example.com", "password": PASSWORD})
    old = mailbox.the_one(alice.email).path("/confirm-address/")
    assert _browser(app).post(old).status_code == 200
    assert _address(owner, alice) == (alice.email,)


def test_links_for_different_addresses_do_not_add_up(app: Flask, alice: Person, mailbox: Mailbox, owner: Owner) -> None:
    for email in ("one@example.com", "two@example.com"):
        alice.client.post("/profile/email", data={"email": email, "password": PASSWORD})
    old_for_two = mailbox.to(alice.email)[0].path("/confirm-address/")
    new_one = mailbox.the_one("one@example.com").path("/confirm-address/")
    for path in (old_for_two, new_one):
        assert _browser(app).post(path, data={"password": PASSWORD}).status_code == 200
    assert _address(owner, alice) == (alice.email,)


def test_an_unconfirmed_address_changes_with_one_link(app: Flask, dana: Browser, mailbox: Mailbox) -> None:
    dana.post("/profile/email", data={"email": "right@example.com", "password": PASSWORD})
    dana.post(mailbox.the_one("right@example.com").path("/confirm-address/"))
    assert "right@example.com" in dana.get("/profile").text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": "wrong horse"}, "not your password"),
        ({"password": ""}, "Enter your current password."),
        ({"email": "none"}, "name@example.com"),
    ],
)
def test_a_new_address_that_is_refused(alice: Person, mailbox: Mailbox, change: dict[str, str], words: str) -> None:
    answer = alice.client.post("/profile/email", data={"email": "new@example.com", "password": PASSWORD, **change})
    assert answer.status_code == 422
    assert words in answer.text
    assert mailbox.to("new@example.com") == []


def test_links_lead_to_our_address_whatever_the_request_said(dana: Browser, mailbox: Mailbox) -> None:
    """The Host header is checked, and links are made from BASE_URL alone."""
    for headers in ({"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}, {"Forwarded": "host=evil.example"}):
        dana.post("/profile/confirmation-mails", headers=headers)
    for letter in mailbox.to("dana@example.com"):
        assert set(re.findall(r"https?://([^/\s]+)", letter.text + letter.html)) == {"127.0.0.1:8000"}


def test_no_stranger_writes_to_anybody_through_us(app: Flask, client: Browser, mailbox: Mailbox) -> None:
    client.post("/sign-up", data=DANA | {"name": "Win a phone"})
    _browser(app).post("/forgotten-password", data={"email": DANA["email"]})
    letters = mailbox.to(DANA["email"])
    assert len(letters) == 2
    for letter in letters:
        assert "Win a phone" not in letter.text + letter.html + letter.subject


@pytest.mark.parametrize("words", ["https://spam.example", "see www.spam.example", "spam.example/now"])
def test_names_hold_no_web_addresses(client: Browser, words: str) -> None:
    answer = client.post("/sign-up", data=DANA | {"company": words})
    assert answer.status_code == 422
    assert "Leave web addresses out of it." in answer.text


def test_whoever_signed_up_with_a_strangers_address_gets_nothing_of_theirs(
    app: Flask, dana: Browser, mailbox: Mailbox, owner: Owner
) -> None:
    """Dana took Erin's address, and waits for her to follow the link."""
    path, erin = mailbox.the_one("dana@example.com").path("/confirm-address/"), _browser(app)
    assert "type a new one" in erin.get(path).text
    assert erin.post(path).status_code == 422
    assert erin.post(path, data={"password": "password12"}).status_code == 422
    assert dana.get("/profile").status_code == 200
    set_up_two_step(owner)
    assert erin.post(path, data={"password": "new words nobody has heard"}).status_code == 200
    assert dana.get("/profile").status_code == 303
    assert _browser(app).post("/sign-in", data=SIGN_IN).status_code == 422
    erins = SIGN_IN | {"password": "new words nobody has heard"}
    assert erin.post("/sign-in", data=erins).status_code == 303
    assert owner.execute("SELECT count(*) FROM mails WHERE template = 'password_changed'").fetchone() == (1,)


def test_who_signed_up_confirms_in_their_browser_with_a_click(dana: Browser, mailbox: Mailbox) -> None:
    path = mailbox.the_one("dana@example.com").path("/confirm-address/")
    assert 'name="password"' not in dana.get(path).text
    assert dana.post(path).status_code == 200
    assert dana.get("/profile").status_code == 200


def test_an_account_does_not_go_to_an_address_typed_wrong(
    app: Flask, alice: Person, bob: Person, mailbox: Mailbox, owner: Owner
) -> None:
    alice.client.post("/profile/email", data={"email": "typo@example.com", "password": PASSWORD})
    new, old = (mailbox.the_one(to).path("/confirm-address/") for to in ("typo@example.com", alice.email))
    assert alice.client.post(old).status_code == 200
    for password in ("", "new words nobody has heard"):
        assert bob.client.post(new, data={"password": password}).status_code == 422
    assert _address(owner, alice) == (alice.email,)
    assert alice.client.post(new).status_code == 200
    assert _address(owner, alice) == ("typo@example.com",)


def test_passwords_are_not_guessed_behind_a_link(app: Flask, alice: Person, mailbox: Mailbox) -> None:
    alice.client.post("/profile/email", data={"email": "typo@example.com", "password": PASSWORD})
    path = mailbox.the_one("typo@example.com").path("/confirm-address/")
    answers = [_browser(app).post(path, data={"password": "x"}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
