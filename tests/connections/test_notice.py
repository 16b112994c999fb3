"""The notice costs a page no statement, and a dead database no error page."""

import pytest
from sqlalchemy.exc import OperationalError

from app.connections import notice
from tests.fixtures.people import Person
from tests.fixtures.statements import Statements


def test_what_was_read_is_kept_for_some_seconds(alice: Person, bob: Person, statements: Statements) -> None:
    alice.client.get("/leads")
    statements.clear()
    alice.client.get("/leads")
    assert not [told for told in statements if "needs_reconnect" in str(told)]
    notice.forget(alice.company_id)
    statements.clear()
    alice.client.get("/leads")
    assert [told for told in statements if "google_email" in str(told)]


def test_without_a_database_there_is_no_notice(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def dead(*_arguments: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    notice.forget(alice.company_id)
    monkeypatch.setattr(notice, "_broken", dead)
    assert alice.client.get("/leads").status_code == 200


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch, alice: Person, bob: Person) -> None:
    monkeypatch.setattr(notice, "_MOST", 1)
    for person in (alice, bob, alice):
        assert person.client.get("/leads").status_code == 200
    assert len(notice._kept) <= 2
