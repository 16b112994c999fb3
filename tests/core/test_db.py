"""Connections between one request and the next."""

import contextlib

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from app.core.db import db
from tests.fixtures.application import Owner
from tests.fixtures.people import Person


def _prepared() -> set[str]:
    return set(db.session.scalars(text("SELECT statement FROM pg_prepared_statements")))


def test_statements_stay_prepared_after_requests_that_only_read(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()  # from here on one connection serves all
        for _ in range(8):
            db.session.execute(text("SELECT 'read often'"))
            db.session.remove()
        assert "SELECT 'read often'" in _prepared()


def test_what_was_not_committed_is_rolled_back(app: Flask) -> None:
    with app.app_context():
        db.session.execute(text("SELECT set_config('app.company_id', 'left over', true)"))
        db.session.remove()
        assert not db.session.scalar(text("SELECT current_setting('app.company_id', true)"))


def test_a_connection_that_broke_meanwhile_is_replaced(app: Flask, database_url: str) -> None:
    with app.app_context():
        pid = db.session.scalar(text("SELECT pg_backend_pid()"))
        with psycopg.connect(database_url, autocommit=True) as owner:
            owner.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        with contextlib.suppress(OperationalError):
            db.session.remove()
        db.session.remove()
        assert db.session.scalar(text("SELECT pg_backend_pid()")) != pid


def test_an_error_names_nothing_of_what_was_to_be_stored(app: Flask) -> None:
    """It goes into the log."""
    with app.app_context(), pytest.raises(DBAPIError) as error:
        db.session.execute(text("SELECT :word, 1 / 0"), {"word": "jane@example.org"})
    assert "jane" not in str(error.value)


def test_a_database_that_was_restarted_costs_an_answer_and_no_more(alice: Person, owner: Owner) -> None:
    """The first statement of a page meets a connection that is gone."""
    assert alice.client.get("/leads").status_code == 200
    owner.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    broken = alice.client.get("/leads")
    assert (broken.status_code, broken.headers["Retry-After"]) == (503, "30")
    assert alice.client.get("/leads").status_code == 200
