"""The security log: what is written, who may read it, and that nobody can change it."""

import csv
import io
import re
import uuid
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from app.core import tenancy
from app.core.events import LEADER
from app.journal import gates, writing
from app.leads import stages
from app.leads.models import Lead
from app.security import jobs, words
from tests.fixtures.application import NewSession, Owner
from tests.fixtures.browser import Browser
from tests.fixtures.people import Person

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {*(ROOT / "app").rglob("*.py"), *(ROOT / "migrations").rglob("*.py")} - {ROOT / "app/security/words.py"}
RECORDING = "".join(path.read_text() for path in sorted(SOURCES))


def kinds(owner: Owner, person: Person) -> list[str]:
    rows = owner.execute("SELECT kind FROM security_entries WHERE company_id = %s ORDER BY id", (person.company_id,))
    return [str(row[0]) for row in rows]


def sign_in(client: Browser, person: Person, password: str = "") -> int:
    data = {"email": person.email, "password": password or person.password}
    return client.post("/sign-in", data=data, headers={"User-Agent": "Firefox/140 Windows"}).status_code


@pytest.fixture
def lead_id(alice: Person, new_session: NewSession) -> uuid.UUID:
    session = new_session()
    tenancy.serve(session, alice.company_id)
    lead = Lead(stage_id=stages.in_order(session)[0].id, name="Jane Roe", currency="GBP")
    session.add(lead)
    session.commit()
    return lead.id


def test_sign_ins_and_wrong_passwords_are_written(alice: Person, client: Browser, owner: Owner) -> None:
    assert sign_in(client, alice, "not the password") == 422
    assert sign_in(client, alice) == 303
    client.post("/sign-out")
    assert kinds(owner, alice)[1:] == [
        "user.sign_in_failed",
        "user.signed_in",
        "user.signed_in_anew",
        "user.signed_out",
    ]
    row = owner.execute("SELECT user_name, ip_address, user_agent FROM security_entries WHERE kind = 'user.signed_in'")
    assert row.fetchone() == (alice.name, "127.0.0.1", "Firefox/140 Windows")


def test_an_unknown_address_leaves_no_entry(client: Browser, alice: Person, owner: Owner) -> None:
    client.post("/sign-in", data={"email": "nobody@example.com", "password": "whatever it may be"})
    assert kinds(owner, alice) == ["company.founded"]


def test_a_look_at_a_lead_is_written_once_an_hour(alice: Person, owner: Owner, lead_id: uuid.UUID) -> None:
    for _ in range(3):
        assert alice.client.get(f"/leads/{lead_id}").status_code == 200
    assert kinds(owner, alice).count("lead.seen") == 1
    owner.execute("UPDATE security_entries SET hour = hour - interval '1 hour' WHERE hour IS NOT NULL")
    alice.client.get(f"/leads/{lead_id}")
    assert kinds(owner, alice).count("lead.seen") == 2


def test_a_look_at_what_is_not_there_leaves_nothing(
    alice: Person, charlie: Person, owner: Owner, lead_id: uuid.UUID
) -> None:
    assert charlie.client.get(f"/leads/{lead_id}").status_code == 404
    assert "lead.seen" not in kinds(owner, charlie)
    assert "lead.seen" not in kinds(owner, alice)


def test_the_owner_reads_filters_and_downloads(alice: Person, lead_id: uuid.UUID) -> None:
    alice.client.get(f"/leads/{lead_id}")
    page = alice.client.get("/settings/security").text
    assert "Looked at a lead" in page
    assert "Opened the account" in page
    page = alice.client.get("/settings/security?group=looks").text
    assert "Looked at a lead" in page
    assert "Opened the account" not in page
    answer = alice.client.get("/settings/security/log.csv")
    table = list(csv.reader(io.StringIO(answer.text)))
    assert table[0] == ["at", "what", "who", "address", "browser", "lead"]
    assert {row[1] for row in table[1:]} >= {"Looked at a lead", "Downloaded this log"}


def test_pages_go_on_where_the_last_one_ended(alice: Person, new_session: NewSession) -> None:
    session = new_session()
    tenancy.serve(session, alice.company_id)
    for number in range(120):
        writing.write(session, "user.signed_in", user_id=None, user_name=f"Person {number}")
    session.commit()
    address, seen = "/settings/security?group=sign_ins", []
    while address:
        page = alice.client.get(address).text
        seen += [number for number in range(120) if f">Person {number}<" in page]
        _, found, rest = page.partition("before=")
        address = f"/settings/security?group=sign_ins&before={rest[:36]}" if found else ""
    assert sorted(seen) == list(range(120))


@pytest.mark.parametrize("address", ["/settings/security?group=x", "/settings/security?before=x"])
def test_a_bad_address_is_refused(alice: Person, address: str) -> None:
    assert alice.client.get(address).status_code in (404, 422)


def test_formulas_are_no_formulas_in_the_file(alice: Person, new_session: NewSession) -> None:
    session = new_session()
    tenancy.serve(session, alice.company_id)
    writing.write(session, "user.signed_in", user_id=None, user_name="=HYPERLINK(1)")
    session.commit()
    table = csv.reader(io.StringIO(alice.client.get("/settings/security/log.csv").text))
    assert "'=HYPERLINK(1)" in {row[2] for row in table}


@pytest.mark.parametrize("role", ["admin", "member", "viewer"])
def test_others_read_their_own_part_only(alice: Person, owner: Owner, new_session: NewSession, role: str) -> None:
    session = new_session()
    tenancy.serve(session, alice.company_id)
    writing.write(session, "user.signed_in", user_id=uuid.uuid4(), user_name="Somebody Else")
    session.commit()
    owner.execute("UPDATE members SET role = %s WHERE user_id = %s", (role, alice.user_id))
    for path in ("/settings/security", "/settings/security/log.csv"):
        assert alice.client.get(path).status_code == 403
    page = alice.client.get("/settings/security/own")
    assert page.status_code == 200
    assert "Opened the account" in page.text
    assert "Somebody Else" not in page.text


@pytest.mark.parametrize("kind", sorted({*words.EVENTS, *words.LOOKS, *words.STAFF}))
def test_each_kind_is_recorded_somewhere(kind: str) -> None:
    """By a rule, or by a gate; two of the desk's gates put the outcome into the name."""
    assert f'"{kind}"' in RECORDING or f"'{kind}'" in RECORDING or re.search(r"staff\.(confirmed|withdrawn)_", kind)


def test_nobody_changes_it(alice: Person, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("SET ROLE leader_app")
        connection.execute("SELECT set_config('app.company_id', %s, false)", (str(alice.company_id),))
        for statement in ("UPDATE security_entries SET kind = 'x'", "DELETE FROM security_entries"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(statement)  # type: ignore[arg-type]


def test_entries_go_after_a_year(alice: Person, app: Flask, owner: Owner, new_session: NewSession) -> None:
    session = new_session()
    tenancy.serve(session, alice.company_id)
    writing.write(session, "user.signed_in", user_id=LEADER.id)
    session.commit()
    owner.execute("UPDATE security_entries SET at = now() - interval '364 days' WHERE kind = 'user.signed_in'")
    owner.execute("UPDATE security_entries SET at = now() - interval '366 days' WHERE kind = 'company.founded'")
    with app.app_context():
        jobs.purge_entries()
    assert kinds(owner, alice) == ["user.signed_in"]
    gates.purge(session, 0)
    session.commit()
    assert kinds(owner, alice) == ["user.signed_in"], "nobody empties the log early"
