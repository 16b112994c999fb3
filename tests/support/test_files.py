"""Files on a thread: kinds that nobody runs, sealed where they lie, downloaded only, and out of others' reach."""

import io
import uuid

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from werkzeug.test import TestResponse

from app.core import tenancy
from app.core.config import Settings
from app.core.crypto import KeyRing
from app.desk import commands
from app.support import archive, files, forms
from tests.desk.conftest import Colleague, ann, hire, nobody_at_the_desk
from tests.fixtures.application import NewSession, Owner
from tests.fixtures.browser import Browser
from tests.fixtures.mail import Mailbox
from tests.fixtures.people import Person

__all__ = ["ann", "hire", "nobody_at_the_desk"]

PNG = b"\x89PNG\r\n\x1a\n" + b"canary-pixels" * 20


def send(browser: Browser, path: str, name: str = "shot.png", content: bytes = PNG) -> TestResponse:
    return browser.post(f"{path}/files", data={"file": (io.BytesIO(content), name)})


def _asked(app: Flask, browser: Browser, mailbox: Mailbox, email: str) -> str:
    typed = {"name": "Nora", "email": email, "subject": "No leads", "body": "Nothing arrives."}
    browser.post("/support/requests/new", data=typed | {"shown": forms.shown_now(app.config["SECRET_KEY"])})
    return mailbox.to(email)[0].path("/support/requests/")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "FASTEST_SECONDS", 0)


@pytest.fixture
def thread(app: Flask, client: Browser, mailbox: Mailbox) -> str:
    """Of somebody who is not signed in, confirmed."""
    path = _asked(app, client, mailbox, "nora@example.net")
    assert client.post(f"{path}/confirmation").status_code == 303
    return path


def _file(owner: Owner) -> uuid.UUID:
    row = owner.execute("SELECT id FROM support_files ORDER BY id DESC").fetchone()
    assert row
    return uuid.UUID(str(row[0]))


def test_there_and_back_as_a_download(client: Browser, thread: str, owner: Owner) -> None:
    owner.execute("UPDATE support_requests SET state = 'answered'")
    assert send(client, thread, "C:\\Users\\nora\\what <i> saw.png").status_code == 303
    assert owner.execute("SELECT state FROM support_requests").fetchone() == ("open",)
    page = client.get(thread).text
    assert "what _i_ saw.png" in page and "nora\\" not in page
    answer = client.get(f"{thread}/files/{_file(owner)}")
    assert answer.data == PNG
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_at_rest_it_is_sealed(client: Browser, thread: str, owner: Owner) -> None:
    send(client, thread)
    row = owner.execute("SELECT content FROM support_files").fetchone()
    assert row and isinstance(row[0], bytes) and b"canary" not in row[0]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<script>"),
        ("picture.svg", b"<svg onload=x>"),
        ("shot.png", b"<html>"),
        ("doc.pdf", b"MZ\x90"),
        ("notes.txt", b"\xff\xfe\x00"),
        ("notes.txt", b"a\x00b"),
        ("run.png.exe", PNG),
        (".png", PNG),
        ("../..", PNG),
        ("shot.png", b""),
    ],
)
def test_what_is_not_taken(client: Browser, thread: str, owner: Owner, name: str, content: bytes) -> None:
    assert send(client, thread, name, content).status_code == 422
    assert owner.execute("SELECT count(*) FROM support_files").fetchone() == (0,)


def test_too_large_and_none_at_all(client: Browser, thread: str) -> None:
    assert send(client, thread, content=PNG + b"x" * files.MOST_BYTES).status_code in (413, 422)
    assert send(client, thread, content=PNG + b"x" * files.MOST_BYTES * 2).status_code == 413
    assert client.post(f"{thread}/files", data={}).status_code == 422
    assert client.post(f"{thread}/files", data={"file": "text"}).status_code == 422


def test_without_the_token_nothing_is_taken(client: Browser, thread: str, owner: Owner) -> None:
    data = {"file": (io.BytesIO(PNG), "shot.png")}
    assert client.post(f"{thread}/files", data=data, csrf=False).status_code == 400
    assert owner.execute("SELECT count(*) FROM support_files").fetchone() == (0,)


def test_ten_and_no_more(client: Browser, thread: str) -> None:
    answers = [send(client, thread).status_code for _ in range(files.MOST_FILES + 1)]
    assert answers == [303] * files.MOST_FILES + [422]


def test_what_nobody_confirmed_takes_no_files(app: Flask, client: Browser, mailbox: Mailbox) -> None:
    path = _asked(app, client, mailbox, "erin@example.net")
    assert send(client, path).status_code == 422


def test_a_file_of_another_thread_is_not_there(
    app: Flask, client: Browser, thread: str, mailbox: Mailbox, owner: Owner
) -> None:
    send(client, thread)
    other = _asked(app, client, mailbox, "erin@example.net")
    assert client.get(f"{other}/files/{_file(owner)}").status_code == 404
    assert client.get(f"/support/requests/guess/files/{_file(owner)}").status_code == 404
    assert send(client, "/support/requests/guess").status_code == 404


def test_staff_read_and_send_and_both_are_in_the_log(
    client: Browser, thread: str, ann: Colleague, owner: Owner
) -> None:
    send(client, thread)
    row = owner.execute("SELECT id FROM support_requests").fetchone()
    assert row
    desk = f"/desk/requests/{row[0]}"
    assert "shot.png" in ann.client.get(desk).text
    assert ann.client.get(f"{desk}/files/{_file(owner)}").data == PNG
    assert send(ann.client, desk, "steps.txt", b"Do this.").status_code == 303
    assert send(ann.client, desk, "steps.exe", b"Do this.").status_code == 422
    assert ann.client.get(f"{desk}/files/{uuid.uuid4()}").status_code == 404
    assert "steps.txt" in client.get(thread).text
    actions = {action for (action,) in owner.execute("SELECT action FROM staff_entries").fetchall()}
    assert {"staff.read_file", "staff.sent_file"} <= actions


def test_a_company_takes_its_own_files_along(
    app: Flask, alice: Person, bob: Person, mailbox: Mailbox, new_session: NewSession
) -> None:
    path = _asked(app, alice.client, mailbox, alice.email)
    assert send(alice.client, path).status_code == 303
    for person, count in ((alice, 1), (bob, 0)):
        session = new_session()
        tenancy.serve(session, person.company_id)
        with app.app_context():
            found = [(name, b"".join(content)) for name, content in archive.source(session)]
        assert len(found) == count
        assert all(name.endswith("-shot.png") and content == PNG for name, content in found)


def test_new_master_keys(app: Flask, settings: Settings, client: Browser, thread: str, owner: Owner) -> None:
    send(client, thread)
    ring = KeyRing((Fernet.generate_key().decode(), *settings.master_keys))
    with app.app_context():
        assert commands.rotate(ring) == 1
        assert commands.rotate(ring) == 0
    assert owner.execute("SELECT count(*) FROM support_files").fetchone() == (1,)
