"""Two-step sign-in: set up with a right code, asked for at sign-in and where harm can be done, and good once."""

import re
from datetime import timedelta

import pyotp
import pytest
import time_machine
from cryptography.fernet import Fernet
from flask import Flask

from app.auth import two_step
from app.core import tenancy
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.crypto import KeyRing
from tests.fixtures.application import NewSession, Owner
from tests.fixtures.browser import Browser
from tests.fixtures.mail import Mailbox
from tests.fixtures.people import PASSWORD, Person, Welcome
from tests.notifications.conftest import move


def _browser(app: Flask) -> Browser:
    browser = app.test_client()
    assert isinstance(browser, Browser)
    return browser


class Guarded:
    """Somebody who has turned it on."""

    def __init__(self, person: Person) -> None:
        self.person, self.step = person, 0
        assert person.client.post("/settings/two-step/set-up", data={"password": PASSWORD}).status_code == 303
        page = person.client.get("/settings/two-step").text
        assert "<svg" in page
        found = re.search(r"\b[A-Z2-7]{32}\b", page)
        assert found
        self.key = found[0]
        done = person.client.post("/settings/two-step", data={"code": self.code()})
        assert done.status_code == 200
        self.recovery_codes = re.findall(r"\b[2-9a-z]{6}-[2-9a-z]{6}\b", done.text)

    def code(self) -> str:
        """One that was not used yet: of this step, then of the next."""
        self.step = max(self.step + 1, int(utc_now().timestamp()) // 30)
        return pyotp.TOTP(self.key).generate_otp(self.step)

    def half_way(self, app: Flask) -> Browser:
        """A browser in which the password was typed."""
        browser = _browser(app)
        answer = browser.post("/sign-in?next=/profile", data={"email": self.person.email, "password": PASSWORD})
        assert answer.location == "/sign-in/code?next=/profile"
        return browser


@pytest.fixture
def guarded(alice: Person) -> Guarded:
    return Guarded(alice)


def test_the_password_alone_opens_nothing(app: Flask, guarded: Guarded) -> None:
    browser = guarded.half_way(app)
    assert browser.get("/profile").status_code == 303
    assert browser.cookie("leader_session") is None
    assert browser.get("/sign-in/code").status_code == 200
    answer = browser.post("/sign-in/code", data={"code": guarded.code(), "next": "/profile"})
    assert answer.location == "/profile"
    assert browser.get("/profile").status_code == 200


def test_a_code_and_a_recovery_code_are_good_once(app: Flask, guarded: Guarded) -> None:
    assert len(set(guarded.recovery_codes)) == two_step.RECOVERY_CODES
    code, recovery = guarded.code(), guarded.recovery_codes[0]
    for typed, again in ((code, code), (f" {recovery.upper()} ", recovery.replace("-", ""))):
        assert guarded.half_way(app).post("/sign-in/code", data={"code": typed}).status_code == 303
        assert guarded.half_way(app).post("/sign-in/code", data={"code": again}).status_code == 422
    assert "9 recovery codes are left" in guarded.person.client.get("/settings/two-step").text


@pytest.mark.parametrize("typed", ["", "000000", "１２３４５６", "\0", "x" * 500, "-"])
def test_what_is_no_code(app: Flask, guarded: Guarded, typed: str, owner: Owner) -> None:
    browser = guarded.half_way(app)
    assert browser.post("/sign-in/code", data={"code": typed}).status_code == 422
    assert browser.get("/profile").status_code == 303


def test_a_wrong_code_stands_in_the_log(app: Flask, guarded: Guarded, owner: Owner) -> None:
    guarded.half_way(app).post("/sign-in/code", data={"code": "000000"})
    kinds = [kind for (kind,) in owner.execute("SELECT kind FROM security_entries ORDER BY id").fetchall()]
    assert kinds == ["company.founded", "user.two_step_on", "user.code_failed"]


def test_guessing_codes_is_slowed_down_from_wherever(app: Flask, guarded: Guarded) -> None:
    answers = []
    for n in range(11):
        browser = guarded.half_way(app)
        browser.environ_base["REMOTE_ADDR"] = f"192.0.2.{n}"
        answers.append(browser.post("/sign-in/code", data={"code": "000000"}).status_code)
    assert answers == [422] * 10 + [429]


def test_half_way_ends(app: Flask, client: Browser, guarded: Guarded, owner: Owner) -> None:
    assert client.get("/sign-in/code").location == "/sign-in"
    assert client.post("/sign-in/code", data={"code": guarded.code()}).location == "/sign-in"
    late = guarded.half_way(app)
    with time_machine.travel(utc_now() + timedelta(minutes=11), tick=False):
        assert late.post("/sign-in/code", data={"code": guarded.code()}).location == "/sign-in"
    browser = guarded.half_way(app)
    owner.execute("UPDATE users SET password_hash = 'another'")
    assert browser.post("/sign-in/code", data={"code": guarded.code()}).location == "/sign-in"


def test_nothing_is_asked_before_the_app_gave_a_code(app: Flask, alice: Person) -> None:
    assert alice.client.post("/settings/two-step/set-up", data={"password": "wrong"}).status_code == 422
    assert alice.client.post("/settings/two-step/set-up", data={"password": PASSWORD}).status_code == 303
    for code in ("", "000000"):
        assert alice.client.post("/settings/two-step", data={"code": code}).status_code == 422
    answer = _browser(app).post("/sign-in", data={"email": alice.email, "password": PASSWORD})
    assert answer.location == "/leads"


def test_what_can_do_harm_asks_for_a_code_too(guarded: Guarded, owner: Owner) -> None:
    client = guarded.person.client
    closing = {"company_name": guarded.person.company_name, "password": PASSWORD}
    changing = {"current": PASSWORD, "new": "new words nobody has heard"}
    moving = {"email": "new@example.com", "password": PASSWORD}
    for path, data in (
        ("/account/closing", closing),
        ("/profile/password", changing),
        ("/profile/email", moving),
        ("/settings/two-step/end", {"password": PASSWORD}),
        ("/settings/two-step/recovery-codes", {"password": PASSWORD}),
    ):
        answer = client.post(path, data=data)
        assert answer.status_code == 422, path
        assert "This code is not right" in answer.text, path
        assert 'name="code"' in answer.text, path
    assert owner.execute("SELECT closed_at FROM companies").fetchone() == (None,)
    assert client.post("/account/closing", data=closing | {"code": guarded.code()}).status_code == 303


def test_new_recovery_codes_end_the_old(app: Flask, guarded: Guarded) -> None:
    proof = {"password": PASSWORD, "code": guarded.code()}
    fresh = guarded.person.client.post("/settings/two-step/recovery-codes", data=proof)
    assert fresh.status_code == 200
    assert guarded.recovery_codes[0] not in fresh.text
    assert guarded.half_way(app).post("/sign-in/code", data={"code": guarded.recovery_codes[0]}).status_code == 422


def test_turned_off_and_told(app: Flask, guarded: Guarded, mailbox: Mailbox) -> None:
    proof = {"password": PASSWORD, "code": guarded.recovery_codes[3]}
    assert guarded.person.client.post("/settings/two-step/end", data=proof).status_code == 303
    assert "Two-step sign-in is off" in [letter.subject for letter in mailbox.to(guarded.person.email)]
    answer = _browser(app).post("/sign-in", data={"email": guarded.person.email, "password": PASSWORD})
    assert answer.location == "/leads"


def test_the_owner_turns_it_off_for_a_member(
    app: Flask, alice: Person, bob: Person, welcome: Welcome, mailbox: Mailbox, owner: Owner
) -> None:
    mia = welcome("Mia", "Mia's")
    move(owner, mia, alice, "member")
    Guarded(mia)
    path = f"/settings/team/{mia.user_id}/two-step/end"
    assert "Turn two-step sign-in off" in alice.client.get("/settings/team").text
    assert bob.client.post(path).status_code == 404
    assert mia.client.post(path).status_code == 403
    assert alice.client.post(path).status_code == 303
    assert "Alice turned two-step sign-in off" in mailbox.the_one(mia.email).text
    assert owner.execute("SELECT count(*) FROM second_factors").fetchone() == (0,)


def test_not_for_who_works_elsewhere_too(alice: Person, bob: Person, owner: Owner) -> None:
    Guarded(bob)
    owner.execute(
        "INSERT INTO members (company_id, id, user_id, role, job_title, created_at)"
        " VALUES (%s, gen_random_uuid(), %s, 'member', '', now())",
        (alice.company_id, bob.user_id),
    )
    assert alice.client.post(f"/settings/team/{bob.user_id}/two-step/end").status_code == 422
    assert owner.execute("SELECT count(*) FROM second_factors").fetchone() == (1,)


def test_companies_see_their_own_people_only(guarded: Guarded, charlie: Person, new_session: NewSession) -> None:
    for person, is_on in ((guarded.person, True), (charlie, False)):
        session = new_session()
        tenancy.serve(session, person.company_id)
        assert two_step.is_on(session, guarded.person.user_id) is is_on


def test_the_key_is_sealed_and_survives_new_master_keys(
    app: Flask, guarded: Guarded, settings: Settings, new_session: NewSession, owner: Owner
) -> None:
    row = owner.execute("SELECT second_factors::text FROM second_factors").fetchone()
    assert row and guarded.key not in str(row[0])
    assert all(code not in str(row[0]) for code in guarded.recovery_codes)
    fresh = Fernet.generate_key().decode()
    session = new_session()
    tenancy.serve(session, guarded.person.company_id)
    assert two_step.rotate(session, KeyRing((fresh, *settings.master_keys))) == 1
    assert two_step.use(session, guarded.person.user_id, guarded.code(), KeyRing((fresh,)))
    session.rollback()
