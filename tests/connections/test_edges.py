"""The rare turns of the rules: a refused token, a permission that is missing, two requests at once, bad wishes."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.connections import actions, connecting, gates, tokens, use
from app.connections.actions import Wish
from app.connections.models import AdAccount, Connection
from app.core.clock import utc_now
from app.core.errors import InvalidInputError
from app.core.events import LEADER
from app.integrations.google import oauth
from app.integrations.google.oauth import Access, Grant
from tests.connections.conftest import Office
from tests.fixtures.application import Owner


def connected(office: Office) -> uuid.UUID:
    connection_id = office.connect()
    office.read_accounts(connection_id)
    return connection_id


def ask_again(office: Office, connection_id: uuid.UUID) -> None:
    with office.serving() as session:
        session.execute(update(Connection).where(Connection.id == connection_id).values(accounts_asked_at=utc_now()))
        session.commit()


def test_a_token_that_google_refuses_while_reading_is_renewed(office: Office) -> None:
    connection_id = connected(office)
    with office.serving() as session:
        connection = use.lock(session, connection_id)
        access = Access("ya29.made-up", utc_now() + timedelta(hours=1))
        tokens.keep_access(connection, access, office.box(session))
        session.commit()
    ask_again(office, connection_id)
    office.read_accounts(connection_id)
    row = office.row(connection_id)
    assert (row.state, row.accounts_problem, row.accounts_asked_at) == ("active", "", None)


def test_an_account_that_shows_nothing_is_named(office: Office) -> None:
    connection_id = connected(office)
    ask_again(office, connection_id)
    office.fault(ads="forbidden")
    office.read_accounts(connection_id)
    assert office.row(connection_id).accounts_problem.startswith("Northgate Roofing: ")


def test_a_permission_that_is_missing_breaks_the_connection(office: Office) -> None:
    connection_id = connected(office)
    ask_again(office, connection_id)
    office.fault(ads="scopeless")
    office.read_accounts(connection_id)
    assert office.row(connection_id).state == "needs_reconnect"
    with office.serving() as session:
        use.break_off(session, use.lock(session, connection_id), "Again.", "again")
        session.commit()
    assert office.events().count("connection.broken") == 1


def test_a_reading_that_was_asked_for_meanwhile_stays_wanted(
    office: Office, monkeypatch: pytest.MonkeyPatch, owner: Owner
) -> None:
    connection_id = connected(office)
    ask_again(office, connection_id)
    real = actions.date_made

    def meanwhile(*given: Any) -> None:
        owner.execute("UPDATE connections SET accounts_asked_at = now() + interval '1 second'")
        real(*given)

    monkeypatch.setattr(actions, "date_made", meanwhile)
    office.read_accounts(connection_id)
    assert office.row(connection_id).accounts_asked_at is not None


def grant(subject: str, email: Any = "olivia@northgate.example") -> Grant:
    access = Access("ya29.x", utc_now() + timedelta(hours=1))
    return Grant(subject=subject, email=email, scopes=oauth.SCOPES, refresh_token="1//x", access=access)


def test_of_two_requests_for_one_login_the_second_finds_the_first(office: Office) -> None:
    connection_id = connected(office)
    subject = office.row(connection_id).google_subject
    with office.serving() as session:
        assert connecting._insert(session, grant(subject), LEADER).id == connection_id
        with pytest.raises(IntegrityError):
            connecting._insert(session, grant("another", None), LEADER)
        session.rollback()


def test_nothing_is_opened_while_a_deletion_waits_for_it(office: Office, owner: Owner) -> None:
    connection_id = connected(office)
    key = (gates._key(connection_id),)
    owner.execute("SELECT pg_advisory_lock(%s)", key)
    try:
        with office.serving() as session, pytest.raises(use.ConnectionUnusableError) as caught:
            use.open_for_use(session, connection_id)
        assert caught.value.reason == "disconnecting"
    finally:
        owner.execute("SELECT pg_advisory_unlock(%s)", key)


@pytest.mark.parametrize(
    ("changed", "currency", "field"),
    [({"category": "OTHER"}, "GBP", "category"), ({"counting_type": "X"}, "GBP", "category"), ({}, "XXX", "value")],
)
def test_a_wish_that_google_could_not_read(
    office: Office, owner: Owner, changed: dict[str, str], currency: str, field: str
) -> None:
    connection_id = connected(office)
    owner.execute("UPDATE ad_accounts SET currency = %s", (currency,))
    wish: dict[str, Any] = {"name": "Sold", "category": "PURCHASE", "counting_type": "ONE_PER_CLICK"}
    wish |= {"click_window_days": 30, "value": "1"} | changed
    with office.serving() as session:
        account_id = session.scalars(select(AdAccount.id)).one()
        with pytest.raises(InvalidInputError) as caught:
            actions.want(session, connection_id, account_id, Wish(**wish), actor=LEADER)
    assert list(caught.value.fields) == [field]
