"""Using a connection: one refresh for many, and what happens when the permission is gone."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.connections import disconnecting, use
from app.connections.models import Connection
from app.core.clock import utc_now
from app.core.errors import RetryableError
from app.core.events import Actor, Event
from app.core.services import services
from app.integrations.google import oauth
from tests.connections.conftest import Office


def _let_access_run_out(office: Office) -> None:
    with office.serving() as session:
        session.execute(update(Connection).values(access_token_expires_at=utc_now() + timedelta(seconds=100)))
        session.commit()


def _token(office: Office, connection_id: Any, refused: str = "") -> str:
    """As a worker gets it."""
    with office.serving() as session:
        connection = use.open_for_use(session, connection_id)
        box, settings = office.box(session), services().settings
        try:
            return str(use.credentials(session, connection, box, settings, refused=refused).token)
        finally:
            session.commit()


def test_a_fresh_token_is_reused(office: Office) -> None:
    connection_id = office.connect()
    office.fault(token="down")
    assert _token(office, connection_id) == _token(office, connection_id)


def test_credentials_hold_no_refresh_token(office: Office) -> None:
    connection_id = office.connect()
    with office.serving() as session:
        connection = use.open_for_use(session, connection_id)
        credentials = use.credentials(session, connection, office.box(session), services().settings)
    assert credentials.refresh_token is None
    assert credentials.valid


def test_a_token_in_its_last_two_minutes_is_replaced_and_kept(office: Office) -> None:
    connection_id = office.connect()
    first = _token(office, connection_id)
    _let_access_run_out(office)
    second = _token(office, connection_id)
    assert second not in ("", first)
    assert _token(office, connection_id) == second


def test_a_token_that_google_refused_is_replaced_once(office: Office) -> None:
    connection_id = office.connect()
    first = _token(office, connection_id)
    second = _token(office, connection_id, refused=first)
    assert second != first
    assert _token(office, connection_id, refused=first) == second


def test_of_two_workers_one_asks_google(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    connection_id = office.connect()
    _let_access_run_out(office)
    asked, real, got = [], oauth.refresh, []

    def counted(*arguments: Any) -> oauth.Access:
        asked.append(1)
        return real(*arguments)

    monkeypatch.setattr(oauth, "refresh", counted)
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        got.append(_token(office, connection_id))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)
    assert len(got) == 2
    assert len(set(got)) == 1
    assert len(asked) == 1


def test_google_down_leaves_the_connection_alone(office: Office) -> None:
    connection_id = office.connect()
    _let_access_run_out(office)
    office.fault(token="down")
    with pytest.raises(RetryableError):
        _token(office, connection_id)
    assert office.row(connection_id).state == "active"


def test_a_permission_that_is_gone_breaks_the_connection_once(office: Office) -> None:
    connection_id = office.connect()
    _let_access_run_out(office)
    office.revoke_at_google()
    for _ in range(2):
        with pytest.raises(use.ConnectionUnusableError) as caught:
            _token(office, connection_id)
        assert caught.value.reason == "needs_reconnect"
    row = office.row(connection_id)
    assert (row.state, row.sealed_access_token) == ("needs_reconnect", None)
    assert row.problem
    assert office.events() == ["connection.made", "connection.broken"]
    with office.serving() as session:
        broken = session.scalars(select(Event).where(Event.type == "connection.broken")).one()
    assert broken.data == {"connection_id": str(connection_id), "reason": "invalid_grant"}
    assert "Connect again" in office.client.get("/connections").text
    assert "Connect this login again" in office.client.get(f"/connections/{connection_id}").text


def test_nothing_is_opened_once_a_deletion_was_asked_for(office: Office) -> None:
    connection_id = office.connect()
    with office.serving() as session:
        disconnecting.begin(session, connection_id, actor=Actor())
        session.commit()
    with pytest.raises(use.ConnectionUnusableError) as caught:
        _token(office, connection_id)
    assert caught.value.reason == "disconnecting"


def test_an_unknown_connection(office: Office) -> None:
    with pytest.raises(use.ConnectionUnusableError) as caught:
        _token(office, office.person.company_id)
    assert caught.value.reason == "unknown"
