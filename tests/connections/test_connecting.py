"""The trip to Google and back: what is kept, and every way in which nothing is."""

import logging
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select, text, update

from app.connections import tokens
from app.connections.models import Connection, ConnectionAttempt
from app.core.clock import utc_now
from app.core.crypto import SealError
from app.core.services import services
from app.integrations.google import oauth
from tests.connections.conftest import Office, OfficeOf
from tests.fixtures.people import Person
from tests.sandbox.visitor import AGENCY, consent


def _nothing_connected(office: Office) -> bool:
    with office.serving() as session:
        return session.scalar(select(func.count()).select_from(Connection)) == 0


def _words(office: Office) -> str:
    """The page that the person is sent to, with its message."""
    return office.client.get("/connections").text


def test_the_whole_trip(office: Office) -> None:
    connection_id = office.connect()
    row = office.row(connection_id)
    assert (row.state, row.google_email) == ("active", "olivia@northgate.example")
    assert set(row.scopes) == set(oauth.SCOPES)
    assert row.connected_by == office.person.user_id
    assert row.accounts_asked_at is not None
    assert office.events() == ["connection.made"]
    page = _words(office)
    assert "Active Connections" in page
    assert "olivia@northgate.example" in page
    assert "Limited Use" in page


def test_the_tokens_are_sealed_and_stand_nowhere_in_clear(office: Office) -> None:
    row = office.row(office.connect())
    with office.serving() as session:
        box = office.box(session)
        refresh_token = tokens.open_refresh_token(row, box)
        access = tokens.open_access(row, box)
        assert refresh_token and access
        stored = session.execute(text("SELECT connections::text FROM connections")).scalar_one()
        attempts = session.scalar(select(func.count()).select_from(ConnectionAttempt))
        with pytest.raises(SealError):
            box.open(row.sealed_refresh_token or "", owner=f"connections:{row.id}:access_token")
    pages = [office.client.get(path).text for path in ("/connections", f"/connections/{row.id}")]
    for place in [stored, *pages]:
        assert refresh_token not in place
        assert access.token not in place
        assert "1//0" not in place
        assert "ya29." not in place
    assert attempts == 0


def test_the_tokens_stand_neither_in_logs_nor_in_valkey(
    office: Office, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    connection_id = office.connect()
    office.read_accounts(connection_id)
    with office.serving() as session:
        row, box = session.scalars(select(Connection)).one(), office.box(session)
        secrets = [tokens.open_refresh_token(row, box), getattr(tokens.open_access(row, box), "token", None)]
        valkey = services().bell.connection
        kept = [key + (valkey.dump(key) or b"") for key in valkey.scan_iter()]
    printed = capfd.readouterr()
    seen = caplog.text + printed.out + printed.err + b"".join(kept).decode("latin-1")
    assert str(connection_id) in seen  # the bell, so that this test looks at the right place
    for secret in secrets:
        assert secret
        assert secret not in seen


def test_the_verifier_and_the_state_are_not_stored_in_clear(office: Office) -> None:
    state = parse_qs(urlsplit(office.leave()).query)["state"][0]
    with office.serving() as session:
        stored = session.execute(text("SELECT connection_attempts::text FROM connection_attempts")).scalar_one()
    assert state not in stored


def test_a_state_works_once(office: Office) -> None:
    back = consent(office.leave())
    assert office.come_back(back).status_code == 303
    assert office.come_back(back).location == "/connections"
    assert "was used already" in _words(office)
    assert office.events() == ["connection.made"]


def test_a_state_is_used_up_by_a_trip_that_failed(office: Office) -> None:
    back = consent(office.leave())
    office.fault(token="down")
    assert office.come_back(back).location == "/connections"
    assert "Google did not answer" in _words(office)
    office.fault(token="none")
    assert office.come_back(back).location == "/connections"
    assert _nothing_connected(office)


def test_another_companys_browser_cannot_end_the_trip(office: Office, office_of: OfficeOf, bob: Person) -> None:
    back, other = consent(office.leave()), office_of(bob)
    assert other.come_back(back).location == "/connections"
    assert _nothing_connected(other)
    assert _nothing_connected(office)
    assert office.come_back(back).location != "/connections"  # and the stranger did not use it up


def test_another_browser_of_the_same_company_cannot_end_the_trip(office: Office) -> None:
    back = consent(office.leave())
    with office.serving() as session:
        session.execute(update(ConnectionAttempt).values(sign_in_session_id=office.person.company_id))
        session.commit()
    assert office.come_back(back).location == "/connections"
    assert _nothing_connected(office)


def test_a_trip_of_more_than_ten_minutes_is_over(office: Office) -> None:
    back = consent(office.leave())
    with office.serving() as session:
        attempt = session.scalars(select(ConnectionAttempt)).one()
        assert timedelta(minutes=9) < attempt.expires_at - utc_now() <= timedelta(minutes=10)
        session.execute(update(ConnectionAttempt).values(expires_at=utc_now() - timedelta(seconds=1)))
        session.commit()
    assert office.come_back(back).location == "/connections"
    assert "older than ten minutes" in _words(office)
    assert _nothing_connected(office)


@pytest.mark.parametrize("query", ["", "?state=", "?state=x&code=y", "?error=access_denied", "?state=%00&code=%00"])
def test_an_answer_that_nobody_asked_for(office: Office, query: str) -> None:
    assert office.client.get(f"/connections/callback{query}").location == "/connections"
    assert _nothing_connected(office)


def test_a_partial_grant_is_not_kept(office: Office) -> None:
    assert office.come_back(consent(office.leave(), untick=(oauth.DATA_MANAGER,))).location == "/connections"
    assert "to send your won sales to Google Ads" in _words(office)
    assert _nothing_connected(office)


def test_cancelling_at_google(office: Office) -> None:
    assert office.come_back(consent(office.leave(), decision="cancel")).location == "/connections"
    assert "You cancelled at Google" in _words(office)
    assert _nothing_connected(office)


def test_the_same_login_again_gets_fresh_tokens(office: Office) -> None:
    first = office.connect()
    before = office.row(first).sealed_refresh_token
    assert office.connect() == first
    assert office.row(first).sealed_refresh_token != before
    assert office.connect(AGENCY) != first
    assert office.events() == ["connection.made", "connection.made"]


def test_connecting_again_restores_a_broken_connection(office: Office) -> None:
    connection_id = office.connect()
    with office.serving() as session:
        session.execute(update(Connection).values(state="needs_reconnect", problem="Gone."))
        session.commit()
    assert office.connect() == connection_id
    row = office.row(connection_id)
    assert (row.state, row.problem) == ("active", "")
    assert office.events() == ["connection.made", "connection.restored"]


def test_a_form_without_its_token_is_refused(office: Office) -> None:
    assert office.post("/connections/attempts", csrf=False).status_code == 400
