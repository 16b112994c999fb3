"""The worker dies by SIGKILL at every step of making an archive; the next one makes it whole, with one mail."""

import io
import os
import signal
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event

from app.core import events, tenancy
from app.core.db import db
from app.exports import jobs
from tests.exports.conftest import Opened, Work, ask, download
from tests.fixtures.application import Owner
from tests.fixtures.people import Person

MOST_STEPS = 400
EVERY = 7
"""Not each of the many steps in a row, but all kinds of them."""


class Killer:
    """Counts statements, commits and what is done to files, and ends the process at the given one."""

    def __init__(self, at: int) -> None:
        self.left = at

    def step(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(db.engine, name, self.step)
        sys.addaudithook(lambda name, _: self.step() if name in ("open", "os.rename", "os.remove") else None)


def _die_at(app: Flask, step: int) -> bool:
    """Work in a process that is killed at this step. True when it came to its end before."""
    process = os.fork()
    if not process:
        with app.app_context():
            db.engine.dispose(close=False)
            Killer(step).watch()
            jobs.make_due()
        os._exit(0)
    _, status = os.waitpid(process, 0)
    return os.WIFEXITED(status)


def _folder(app: Flask) -> Path:
    return Path(app.extensions["leader"].settings.data_dir) / "exports"


def _age_files(app: Flask) -> None:
    old = time.time() - 3600
    for path in _folder(app).glob("*/*"):
        os.utime(path, (old, old))


@pytest.mark.slow
def test_killed_at_any_step_it_is_made_whole(alice: Person, app: Flask, owner: Owner, work: Work) -> None:
    for step in range(1, MOST_STEPS, EVERY):
        owner.execute("DELETE FROM exports")
        owner.execute("DELETE FROM mails")
        ask(alice)
        survived = _die_at(app, step)
        row = owner.execute("SELECT state FROM exports").fetchone()
        assert row
        if not survived and row[0] != "ready":
            assert row[0] in ("asked", "running")
            owner.execute("UPDATE exports SET due_at = now()")
            work()
        answer = download(alice, owner)
        assert answer.status_code == 200, f"killed at step {step}"
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            assert archive.testzip() is None
        assert owner.execute("SELECT count(*) FROM mails").fetchone() == (1,), f"killed at step {step}"
        if survived:
            break
    assert survived
    assert step > 30
    _age_files(app)
    with app.app_context():
        jobs.sweep()
    row = owner.execute("SELECT file_name FROM exports").fetchone()
    assert row
    assert [path.name for path in _folder(app).glob("*/*")] == [row[0]]


def test_a_worker_that_was_thought_dead_changes_nothing(
    alice: Person, app: Flask, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(alice)
    fill = jobs.making.fill

    def slow(*given: object) -> int:
        size = fill(*given)  # type: ignore[arg-type]
        monkeypatch.setattr(jobs.making, "fill", fill)
        owner.execute("UPDATE exports SET due_at = now()")
        with app.app_context():
            jobs.make_due()  # another worker takes over and finishes first
        return size

    monkeypatch.setattr(jobs.making, "fill", slow)
    with app.app_context():
        jobs.make_due()
    row = owner.execute("SELECT state, claim, file_name FROM exports").fetchone()
    assert row
    assert row[:2] == ("ready", 2)
    assert [path.name for path in _folder(app).glob(f"*/{str(row[2])[:36]}*")] == [row[2]]
    assert download(alice, owner).status_code == 200
    assert owner.execute("SELECT count(*) FROM mails").fetchone() == (1,)


def test_what_cannot_be_made_is_said_to_have_failed(alice: Person, app: Flask, owner: Owner, work: Work) -> None:
    ask(alice)
    owner.execute("UPDATE company_keys SET wrapped_key = 'gone'")
    for _ in range(4):
        owner.execute("UPDATE exports SET due_at = now()")
        work()
    row = owner.execute("SELECT state, problem, attempts FROM exports").fetchone()
    assert row == ("failed", "key_shredded", 3)
    assert "Nothing of yours is lost" in alice.client.get("/settings/data").text
    assert owner.execute("SELECT count(*) FROM mails").fetchone() == (0,)


def test_workers_that_die_again_and_again_end_in_failure(alice: Person, owner: Owner, work: Work) -> None:
    ask(alice)
    owner.execute("UPDATE exports SET attempts = 3, state = 'running', due_at = now()")
    work()
    assert owner.execute("SELECT state, problem FROM exports").fetchone() == ("failed", "interrupted")


def test_archives_end_after_their_days(
    alice: Person, export: Callable[[Person], Opened], app: Flask, owner: Owner
) -> None:
    export(alice)
    owner.execute("UPDATE exports SET expires_at = now() - interval '1 second'")
    assert download(alice, owner).status_code == 404
    with app.app_context():
        jobs.sweep()
    assert owner.execute("SELECT state, sealed_key FROM exports").fetchone() == ("expired", "")
    assert list(_folder(app).glob("*/*")) == []


def test_an_archive_that_holds_an_erased_person_cannot_be_read_again(
    alice: Person, furnish: Callable[[Person], None], export: Callable[[Person], Opened], app: Flask, owner: Owner
) -> None:
    furnish(alice)
    export(alice)
    with app.app_context():
        session = db.session()
        tenancy.serve(session, alice.company_id)
        events.record(session, "lead.erased")
        session.commit()
        db.session.remove()
    row = owner.execute("SELECT state, problem, sealed_key, file_name FROM exports").fetchone()
    assert row == ("expired", "person_erased", "", "")
    assert download(alice, owner).status_code == 404
    assert "A person in it was erased" in alice.client.get("/settings/data").text
    _age_files(app)
    with app.app_context():
        jobs.sweep()
    assert list(_folder(app).glob("*/*")) == []


def test_what_was_begun_before_somebody_was_erased_begins_anew(
    alice: Person, app: Flask, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(alice)
    fill = jobs.making.fill

    def interrupted(*given: object) -> int:
        size = fill(*given)  # type: ignore[arg-type]
        monkeypatch.setattr(jobs.making, "fill", fill)
        with app.app_context():
            session = db.session()
            tenancy.serve(session, alice.company_id)
            events.record(session, "lead.erased")
            session.commit()
        return size

    monkeypatch.setattr(jobs.making, "fill", interrupted)
    with app.app_context():
        jobs.make_due()
    assert owner.execute("SELECT state, claim FROM exports").fetchone() == ("ready", 2)


def test_at_rest_it_is_sealed(alice: Person, export: Callable[[Person], Opened], app: Flask) -> None:
    export(alice)
    (path,) = _folder(app).glob("*/*")
    content = path.read_bytes()
    assert b"PK\x03\x04" not in content
    assert b"manifest" not in content
    assert path.stat().st_mode & 0o077 == 0
