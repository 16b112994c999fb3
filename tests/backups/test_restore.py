"""The drill: back up, lose everything, restore. What was erased meanwhile does not come back."""

import json
import os
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from app.backups import making, restoring
from app.core import tenancy
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.crypto import KeyRing
from app.core.db import db
from app.core.errors import PermanentError
from app.core.events import Actor
from app.core.marks import marker
from app.leads import stages
from app.leads.models import Lead
from app.privacy import jobs, ledger
from app.subjects import erasing
from tests.capture.conftest import Site, site
from tests.fixtures.application import NewSession, Owner
from tests.fixtures.people import Person
from tests.privacy.conftest import closed, incinerate, let_thirty_days_pass  # noqa: F401
from tests.servers import Servers

__all__ = ["site"]

Restore = Callable[[Path], restoring.Restored]


@pytest.fixture
def key_ring(settings: Settings) -> KeyRing:
    return KeyRing(settings.master_keys)


@pytest.fixture
def elsewhere(servers: Servers, settings: Settings) -> Iterator[Settings]:
    """An installation that was lost: an empty database, and what its folder still holds."""
    name = f"restored_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(servers.database_url("postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
    yield settings.model_copy(update={"database_url": servers.database_url(name), "migration_database_url": ""})
    with psycopg.connect(servers.database_url("postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[arg-type]


def add_lead(new_session: NewSession, person: Person, email: str) -> uuid.UUID:
    session = new_session()
    tenancy.serve(session, person.company_id)
    lead = Lead(stage_id=stages.in_order(session)[0].id, email=email, currency="GBP")
    session.add(lead)
    session.commit()
    return lead.id


def erase_lead(new_session: NewSession, person: Person, lead_id: uuid.UUID, settings: Settings) -> None:
    session = new_session()
    tenancy.serve(session, person.company_id)
    erasing.erase(session, lead_id, reason="asked", actor=Actor(person.user_id, person.name), marker=marker(settings))
    session.commit()


def add_export(owner: Owner, person: Person, state: str = "ready") -> None:
    owner.execute(
        "INSERT INTO exports (company_id, id, state, asked_by, asked_by_name, asked_at, claim, attempts, due_at,"
        " rows_done, rows_total, problem, file_name, sealed_key, size, downloads)"
        " VALUES (%s, gen_random_uuid(), %s, %s, '', now(), 1, 1, now(), 0, 0, '', 'a.zip', 'sealed', 1, 0)",
        (person.company_id, state, person.user_id),
    )


def emails(settings: Settings, table: str) -> set[str]:
    with psycopg.connect(settings.migration_database_url or settings.database_url) as connection:
        return {row[0] for row in connection.execute(f"SELECT email FROM {table}")}  # type: ignore[arg-type] # noqa: S608


def test_the_drill(
    app: Flask,
    settings: Settings,
    elsewhere: Settings,
    alice: Person,
    bob: Person,
    new_session: NewSession,
    key_ring: KeyRing,
    tmp_path: Path,
    let_thirty_days_pass: Callable[[], None],  # noqa: F811
    incinerate: Callable[[], None],  # noqa: F811
) -> None:
    kept = add_lead(new_session, alice, "kept@example.org")
    erased = add_lead(new_session, alice, "erased@example.org")
    add_lead(new_session, alice, "ERASED@example.org ".strip())
    add_lead(new_session, bob, "bobs@example.org")
    backup = making.make(settings, tmp_path)
    erase_lead(new_session, alice, erased, settings)
    closed(bob)
    let_thirty_days_pass()
    incinerate()
    with app.app_context():
        jobs.copy_ledger()
    restored = restoring.restore(elsewhere, backup, key_ring)
    assert restored == restoring.Restored(companies=1, leads=2, people=0, without_key=0)
    assert emails(elsewhere, "leads") == {"kept@example.org"}
    assert emails(elsewhere, "users") == {alice.email}
    with psycopg.connect(elsewhere.database_url) as connection:
        lead = connection.execute("SELECT id FROM leads").fetchone()
        wrapped = connection.execute("SELECT wrapped_key FROM company_keys").fetchone()
        assert lead == (kept,)
        assert wrapped
        box = key_ring.open_box(str(wrapped[0]))
        assert box.open(box.seal("token", owner="x"), owner="x") == "token"
        dump = str(connection.execute("SELECT string_agg(e::text, '') FROM erasure_ledger e").fetchone())
        assert "erased@example.org" not in dump


def test_a_backup_from_before_the_keys_went_still_knows_whom_it_must_not_bring_back(
    app: Flask,
    settings: Settings,
    elsewhere: Settings,
    alice: Person,
    charlie: Person,
    owner: Owner,
    new_session: NewSession,
    key_ring: KeyRing,
    tmp_path: Path,
) -> None:
    erased = add_lead(new_session, alice, "erased@example.org")
    add_lead(new_session, alice, "Erased@Example.org")
    add_lead(new_session, charlie, "erased@example.org")  # hers to keep
    backup = making.make(settings, tmp_path)
    erase_lead(new_session, alice, erased, settings)
    making.forget_old(tmp_path, utc_now() + timedelta(days=8), 35)
    assert not list((tmp_path / "keys").iterdir())
    with app.app_context():
        jobs.copy_ledger()
    restored = restoring.restore(elsewhere, backup, key_ring)
    assert restored == restoring.Restored(companies=0, leads=2, people=0, without_key=2)
    with psycopg.connect(elsewhere.database_url) as connection:
        assert connection.execute("SELECT company_id FROM leads").fetchall() == [(charlie.company_id,)]
        wrapped = connection.execute("SELECT wrapped_key FROM company_keys").fetchall()
    assert len({str(key) for (key,) in wrapped}) == 2
    for (key,) in wrapped:
        assert key_ring.open_box(str(key)).seal("new", owner="x")


def test_who_came_again_after_the_erasure_stays(
    settings: Settings, alice: Person, new_session: NewSession, owner: Owner, key_ring: KeyRing
) -> None:
    """The mark speaks of what was there before."""
    erased = add_lead(new_session, alice, "wren@example.org")
    erase_lead(new_session, alice, erased, settings)
    again = add_lead(new_session, alice, "wren@example.org")
    with restoring.gates.connect(settings.migration_database_url) as connection:
        found = restoring.apply(connection, restoring.gates.ledger(connection), marker(settings), key_ring)
    assert found.leads == 0
    assert owner.execute("SELECT id FROM leads").fetchall() == [(again,)]


def test_what_was_sent_stays_a_tombstone_in_the_restored_database(
    site: Site, settings: Settings, elsewhere: Settings, new_session: NewSession, key_ring: KeyRing, tmp_path: Path
) -> None:
    body = {"client_event_id": "nest-77", "fields": {"name": "Wren", "email": "wren@canary.example"}}
    lead_id = site.send(body).json["id"]
    backup = making.make(settings, tmp_path)
    erase_lead(new_session, site.person, uuid.UUID(lead_id), settings)
    with restoring.gates.connect(settings.migration_database_url) as connection:
        known = restoring.gates.ledger(connection)
        living = connection.execute("SELECT client_event_id FROM inbox_items").fetchall()
    ledger.file(elsewhere).write_text("".join(f"{json.dumps(entry)}\n" for entry in known))
    restoring.restore(elsewhere, backup, key_ring)
    with psycopg.connect(elsewhere.database_url) as connection:
        rows = connection.execute("SELECT client_event_id, body, erased_at IS NULL FROM inbox_items").fetchall()
    assert rows == [(living[0][0], b"", False)]


def test_archives_of_who_erased_somebody_open_no_more(
    settings: Settings,
    elsewhere: Settings,
    alice: Person,
    charlie: Person,
    owner: Owner,
    new_session: NewSession,
    key_ring: KeyRing,
    tmp_path: Path,
) -> None:
    erased = add_lead(new_session, alice, "erased@example.org")
    for person, state in ((alice, "ready"), (alice, "running"), (charlie, "ready")):
        add_export(owner, person, state)
    backup = making.make(settings, tmp_path)
    erase_lead(new_session, alice, erased, settings)
    with restoring.gates.connect(settings.migration_database_url) as connection:
        known = restoring.gates.ledger(connection)
    ledger.file(elsewhere).parent.mkdir(parents=True, exist_ok=True)
    ledger.file(elsewhere).write_text("".join(f"{json.dumps(entry)}\n" for entry in known))
    restoring.restore(elsewhere, backup, key_ring)
    with psycopg.connect(elsewhere.database_url) as connection:
        found = connection.execute("SELECT company_id, state, sealed_key, file_name FROM exports").fetchall()
    assert sorted(found) == sorted(
        [(alice.company_id, "expired", "", "")] * 2 + [(charlie.company_id, "ready", "sealed", "a.zip")]
    )


def test_the_dump_holds_no_key_and_keys_go_after_a_week(
    settings: Settings, alice: Person, owner: Owner, tmp_path: Path
) -> None:
    backup = making.make(settings, tmp_path)
    row = owner.execute("SELECT wrapped_key FROM company_keys").fetchone()
    assert row
    files = [path.read_bytes() for path in backup.iterdir()]
    assert not any(str(row[0]).encode() in content for content in files)
    (keys,) = (tmp_path / "keys").iterdir()
    assert str(row[0]) in keys.read_text()
    assert os.stat(keys).st_mode & 0o077 == 0
    making.forget_old(tmp_path, utc_now() + timedelta(days=8), 35)
    assert not keys.exists()
    assert backup.exists()
    making.forget_old(tmp_path, utc_now() + timedelta(days=36), 35)
    assert not backup.exists()


def test_a_changed_backup_is_refused_before_anything_is_touched(
    settings: Settings, elsewhere: Settings, alice: Person, key_ring: KeyRing, tmp_path: Path
) -> None:
    backup = making.make(settings, tmp_path)
    with (backup / "database.dump").open("ab") as file:
        file.write(b"x")
    with pytest.raises(PermanentError, match=r"database\.dump"):
        restoring.restore(elsewhere, backup, key_ring)


def test_the_ledger_is_copied_outside_the_database(app: Flask, settings: Settings, owner: Owner) -> None:
    owner.execute("DELETE FROM erasure_ledger")
    subject = uuid.uuid4()
    owner.execute(
        "INSERT INTO erasure_ledger (id, kind, of_company, subject_id, marks, erased_at)"
        " VALUES (gen_random_uuid(), 'lead', gen_random_uuid(), %s, '[]', now()),"
        " (gen_random_uuid(), 'lead', gen_random_uuid(), gen_random_uuid(), '[]', now() - interval '99 days')",
        (subject,),
    )
    with app.app_context():
        jobs.copy_ledger()
        db.session.remove()
    entries = restoring.read_file(ledger.file(settings))
    assert [entry["subject_id"] for entry in entries] == [str(subject)]
    assert json.loads(json.dumps(entries)) == entries
