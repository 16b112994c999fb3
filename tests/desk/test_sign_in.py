"""The desk's own sign-in: a password and a code that is good once, and nothing shared with the product."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from cryptography.fernet import Fernet
from flask import Flask

from app.auth import codes
from app.core.crypto import KeyRing
from app.core.db import db
from app.desk import commands, gates, jobs
from tests.desk.conftest import PASSWORD, Colleague, enter
from tests.fixtures.application import NewSession, Owner
from tests.fixtures.browser import Browser
from tests.fixtures.people import Person

Hire = Callable[[str], Colleague]
NOW = datetime(2026, 11, 24, 12, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(("off", "is_right"), [(0, True), (-30, True), (30, True), (-60, False), (60, False)])
def test_a_code_of_now_and_of_its_neighbours(off: int, is_right: bool) -> None:
    key = codes.new_key()
    code = pyotp.TOTP(key).at(NOW + timedelta(seconds=off))
    assert (codes.step_of(f"{code[:3]} {code[3:]}", key, NOW) is not None) is is_right


@pytest.mark.parametrize("code", ["", "x", "１２３４５６", "1234567", "-00001"])
def test_what_is_no_code(code: str) -> None:
    assert codes.step_of(code, "A" * 32, NOW) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "x"},
        {"code": "000000"},
        {"code": ""},
        {"email": "nobody@leader.example"},
        {"email": "\0"},
        {"password": "\0x" * 500},
    ],
)
def test_whatever_is_wrong_opens_nothing(hire: Hire, wrong: dict[str, str]) -> None:
    colleague = hire("Ann")
    assert enter(colleague, **wrong).status_code == 422
    assert colleague.client.get("/desk").location == "/desk/sign-in"


def test_a_code_is_good_once(hire: Hire) -> None:
    colleague = hire("Ann")
    code = pyotp.TOTP(colleague.key).now()
    assert enter(colleague, code=code).status_code == 303
    colleague.client.delete_cookie("leader_desk", domain="127.0.0.1")
    assert enter(colleague, code=code).status_code == 422


def test_guessing_is_slowed_down(hire: Hire) -> None:
    colleague = hire("Ann")
    answers = [enter(colleague, code="000000").status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_the_same_address_written_otherwise_is_slowed_down_too(hire: Hire) -> None:
    colleague = hire("Ann")
    spellings = [colleague.email + "\x01" * number for number in range(11)]
    answers = [enter(colleague, code="000000", email=spelling).status_code for spelling in spellings]
    assert answers == [422] * 10 + [429]


def test_the_cookie(hire: Hire) -> None:
    header = enter(hire("Ann")).headers["Set-Cookie"]
    for part in ("leader_desk=", "HttpOnly", "SameSite=Strict", "Max-Age=28800"):
        assert part in header


def test_signed_out_and_over(ann: Colleague, ben: Colleague, app: Flask, owner: Owner) -> None:
    assert ann.client.post("/desk/sign-out").status_code == 303
    assert ann.client.get("/desk").status_code == 303
    assert ben.client.get("/desk").status_code == 200
    owner.execute("UPDATE staff_sessions SET expires_at = now() - interval '1 second'")
    assert ben.client.get("/desk").status_code == 303
    with app.app_context():
        gates.purge(db.session(), 0)
        db.session.commit()
    assert owner.execute("SELECT count(*) > 0 FROM staff_entries").fetchone() == (True,), "nobody empties the log early"
    owner.execute("UPDATE staff_entries SET at = now() - interval '2 years'")
    with app.app_context():
        jobs.purge()
    counted = "SELECT (SELECT count(*) FROM staff_sessions) + (SELECT count(*) FROM staff_entries)"
    assert owner.execute(counted).fetchone() == (0,)


def test_neither_cookie_opens_the_other_door(ann: Colleague, alice: Person, app: Flask) -> None:
    assert ann.client.get("/leads").location.startswith("/sign-in")
    assert alice.client.get("/desk").location == "/desk/sign-in"
    swapped = app.test_client()
    assert isinstance(swapped, Browser)
    swapped.set_cookie("leader_session", ann.client.cookie("leader_desk") or "", domain="127.0.0.1")
    swapped.set_cookie("leader_desk", alice.client.cookie("leader_session") or "", domain="127.0.0.1")
    assert swapped.get("/leads").status_code == 303
    assert swapped.get("/desk").status_code == 303


def test_the_product_cannot_reach_the_staff(owner: Owner, ann: Colleague) -> None:
    for table in ("staff", "staff_sessions", "staff_entries", "staff_closings"):
        for right in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            assert owner.execute("SELECT has_table_privilege('leader_app', %s, %s)", (table, right)).fetchone() == (
                False,
            )
    assert owner.execute("SELECT pg_has_role('leader_app', 'leader_desk', 'MEMBER')").fetchone() == (False,)


def test_the_desk_cannot_reach_leads_nor_rewrite_its_log(owner: Owner) -> None:
    rows = owner.execute(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = 'leader_desk'"
    ).fetchall()
    columns = owner.execute(
        "SELECT DISTINCT table_name FROM information_schema.role_column_grants WHERE grantee = 'leader_desk'"
    ).fetchall()
    assert {name for (name,) in columns} == {
        "staff",
        "staff_sessions",
        "staff_entries",
        "staff_closings",
        "companies",
        "users",
        "members",
        "connections",
        "support_requests",
        "security_entries",
        "access_grants",
        "second_factors",
    }
    assert {right for table, right in rows if table == "staff_entries"} == {"SELECT", "INSERT"}


def test_without_a_session_each_gate_refuses(new_session: NewSession, alice: Person) -> None:
    for ask in (
        lambda session: gates.find(session, b"x", None, alice.email),
        lambda session: gates.account(session, b"x", alice.company_id),
        lambda session: gates.colleagues(session, b"x", alice.company_id),
        lambda session: gates.connections(session, b"x", alice.company_id),
        lambda session: gates.requests(session, b"x", "open", None, 1),
        lambda session: gates.closings(session, b"x"),
        lambda session: gates.settle_closing(session, b"x", alice.company_id, "confirmed"),
    ):
        with pytest.raises(Exception, match="nobody of the staff"):
            ask(new_session())


def test_the_command(app: Flask, ann: Colleague) -> None:
    def run(*words: str) -> str:
        answer = app.test_cli_runner().invoke(args=["leader", "staff", *words])
        return f"{answer.exit_code} {answer.output}"

    add = ("--name", "Ann", "--password", PASSWORD)
    assert run("add", ann.email, *add).startswith("1 ")
    assert run("add", "x", *add).startswith("1 ")
    assert run("add", "new@leader.example", "--name", "N", "--password", "password12").startswith("1 ")
    assert run("remove", ann.email).startswith("0 ")
    assert ann.client.get("/desk").status_code == 303
    assert run("remove", ann.email).startswith("1 ")


def test_new_master_keys(app: Flask, settings, ann: Colleague, owner: Owner) -> None:  # type: ignore[no-untyped-def]
    ring = KeyRing((Fernet.generate_key().decode(), *settings.master_keys))
    with app.app_context():
        assert commands.rotate(ring) == 1
        assert commands.rotate(ring) == 0
