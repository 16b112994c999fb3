"""Canaries: what was to be deleted is looked for everywhere, in every spelling, and is nowhere any more."""

import base64
import gzip
import hashlib
import io
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import phonenumbers
import psycopg
import pytest
from flask import Flask

from app.backups import making, restoring
from app.companies.vault import open_vault
from app.connections import tokens
from app.connections.models import Connection
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.db import db
from app.core.events import Actor
from app.core.services import services
from app.exports import jobs as export_jobs
from app.leads import notes
from app.mailing import gates as mail_gates
from app.privacy import jobs
from app.retention import anonymising
from app.subjects import erasing
from tests.backups.test_restore import elsewhere  # noqa: F401
from tests.conversions.conftest import Desk
from tests.fixtures.application import Owner
from tests.privacy.conftest import closed

Look = Callable[[Iterable[str]], list[str]]

ERASED = ("rosalind.quill@example.org", "Rosalind Quillfeather", "07700 900771", "+447700900771", "7700900771")
ANONYMOUS = ("ANNA.Marten@example.org", "Ännchen Martensdotter", "(07700) 900772", "+447700900772")


def spellings(canary: str) -> set[bytes]:
    """As it is, in other cases, a number in each way in which people write it, and in the forms in which programs store
    such things."""
    found = set()
    for text in {canary, canary.lower(), canary.upper(), *_numbers(canary)}:
        plain = text.encode()
        found |= {plain, base64.b64encode(plain).rstrip(b"="), plain.hex().encode(), quote(text).encode()}
        found |= {hashlib.sha256(plain).hexdigest().encode(), hashlib.md5(plain).hexdigest().encode()}  # noqa: S324
        found |= {text.encode("unicode_escape"), base64.b64encode(hashlib.sha256(plain).digest())}
    return found


def _numbers(canary: str) -> set[str]:
    """A number of the United Kingdom in every spelling; none of what is no number."""
    if not phonenumbers.is_possible_number_string(canary, "GB"):
        return set()
    number = phonenumbers.parse(canary, "GB")
    ways = phonenumbers.PhoneNumberFormat
    written = {
        phonenumbers.format_number(number, way) for way in (ways.E164, ways.INTERNATIONAL, ways.NATIONAL, ways.RFC3966)
    }
    national = str(number.national_number)
    return written | {national, f"0{national}", f"44{national}", f"0044{national}", f"+44 (0){national}"}


@pytest.fixture
def look(app: Flask, owner: Owner, settings: Settings, capfd: pytest.CaptureFixture[str]) -> Look:
    """Where any of these canaries still is: tables, Valkey, files and what was logged meanwhile."""
    logged: list[bytes] = []

    def search(canaries: Iterable[str]) -> list[str]:
        logged.append("".join(capfd.readouterr()).encode())
        sought = {spelling for canary in canaries for spelling in spellings(canary)}
        places = [*_tables(owner), *_valkey(app), *_files(settings.data_dir), ("log", b"".join(logged))]
        return [place for place, content in places if any(spelling in content for spelling in sought)]

    return search


def _tables(owner: Owner) -> Iterator[tuple[str, bytes]]:
    tables = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    for (table,) in tables:
        for (row,) in owner.execute(f"SELECT t::text FROM {table} t"):  # type: ignore[arg-type] # noqa: S608
            yield f"table {table}", str(row).encode()


def _valkey(app: Flask) -> Iterator[tuple[str, bytes]]:
    connection = app.extensions["leader"].bell.connection
    for key in connection.scan_iter():
        yield f"valkey {key!r}", key + (connection.dump(key) or b"")


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file() and "static" not in path.parts:
            content = path.read_bytes()
            yield f"file {path.name}", gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content


def _lead(desk: Desk, canaries: tuple[str, ...]) -> uuid.UUID:
    email, name, phone, e164 = canaries[:4]
    lead_id = desk.won(email=email, name=name, phone=phone, phone_e164=e164, message=f"Call {phone}")
    person = desk.office.person
    with desk.office.serving() as session:
        notes.add(session, lead_id, f"{name}: {email}", actor=Actor(person.user_id, person.name))
        session.commit()
    desk.work()
    return lead_id


def _send_mails(app: Flask) -> None:
    """As the worker does, without a mail server."""
    with app.app_context():
        while claimed := mail_gates.claim(db.session(), most=10, lease=timedelta(minutes=5)):
            for mail in claimed:
                mail_gates.settle(db.session(), mail, "sent")
            db.session.commit()


def _tokens(desk: Desk) -> list[str]:
    with desk.office.serving() as session:
        connection = session.get_one(Connection, (desk.office.person.company_id, desk.connection_id))
        box = open_vault(session, services().key_ring)
        access = tokens.open_access(connection, box)
        found = [tokens.open_refresh_token(connection, box), access.token if access else None]
    return [token for token in found if token]


def _archive(desk: Desk, owner: Owner) -> bytes:
    """The newest archive as its owner downloads and unpacks it; empty when it cannot be had."""
    row = owner.execute("SELECT id FROM exports").fetchone()
    assert row
    answer = desk.office.post(
        f"/settings/data/exports/{row[0]}/download", data={"password": desk.office.person.password}
    )
    if answer.status_code == 404:
        return b""
    with zipfile.ZipFile(io.BytesIO(answer.data)) as opened:
        return b"".join(opened.read(name) for name in opened.namelist())


def _is_in(content: bytes, canaries: Iterable[str]) -> bool:
    return any(spelling in content for canary in canaries for spelling in spellings(canary))


def test_nothing_is_left_anywhere(
    desk: Desk,
    app: Flask,
    owner: Owner,
    settings: Settings,
    elsewhere: Settings,  # noqa: F811
    look: Look,
    tmp_path: Path,
    let_thirty_days_pass: Callable[[], None],
    incinerate: Callable[[], None],
) -> None:
    person = desk.office.person
    erased, anonymous = _lead(desk, ERASED), _lead(desk, ANONYMOUS)
    _send_mails(app)
    secrets = _tokens(desk)
    assert len(secrets) == 2
    assert look(secrets) == []  # sealed, also while they are in use
    assert look(ERASED)
    assert look(ANONYMOUS)
    assert desk.office.post("/settings/data/exports").status_code == 303
    with app.app_context():
        export_jobs.make_due()
    archive = _archive(desk, owner)
    assert _is_in(archive, ERASED)
    assert not _is_in(archive, secrets)
    backup = making.make(settings, tmp_path)

    assert desk.office.post(f"/connections/{desk.connection_id}/deletion").status_code == 303
    assert look(secrets) == []

    with desk.office.serving() as session:
        erasing.erase(
            session, erased, reason="asked", actor=Actor(person.user_id, person.name), marker=services().marker
        )
        session.commit()
        before = utc_now() + timedelta(days=1)
        assert anonymising.anonymise(session, [anonymous], before=before, marker=services().marker) == 1
        session.commit()
    assert look(ERASED) == []
    assert look(ANONYMOUS) == []
    assert _archive(desk, owner) == b"", "an archive that held somebody who is gone has lost its key"

    mine = (person.email, person.company_name, str(person.user_id))
    assert look(mine)
    assert closed(person) == 303
    let_thirty_days_pass()
    incinerate()
    assert look(mine) == []

    with app.app_context():
        jobs.copy_ledger()
        restoring.restore(elsewhere, backup, services().key_ring)
    with psycopg.connect(elsewhere.database_url, autocommit=True) as restored:
        everything = b"".join(content for _, content in _tables(restored))
    sought = {spelling for canary in (*ERASED, *ANONYMOUS, *mine, *secrets) for spelling in spellings(canary)}
    assert not [spelling for spelling in sought if spelling in everything]


def test_the_search_finds_what_is_there(owner: Owner, desk: Desk, look: Look) -> None:
    """A canary that nobody finds would prove nothing."""
    _lead(desk, ERASED)
    places = look([ERASED[0]])
    assert "table leads" in places
    assert "table notes" in places
