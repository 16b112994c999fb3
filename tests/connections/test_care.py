"""Looking after connections: health, readiness, lost bells, unreadable tokens, partial grants, new actions."""

import uuid

import pytest

from app.connections import jobs, notice, queries
from app.connections.health import readiness
from app.connections.queries import ListedAccount, ListedAction
from tests.connections.conftest import Office, OfficeOf
from tests.fixtures.application import Owner
from tests.fixtures.people import Person
from tests.sandbox.visitor import AGENCY, OWNER, consent

SENDING = "https://www.googleapis.com/auth/datamanager"
GOOD = {
    "name": "Roof sold",
    "category": "CONVERTED_LEAD",
    "counting_type": "MANY_PER_CLICK",
    "click_window_days": "60",
    "value": "1,500",
}


@pytest.fixture
def connection_id(office: Office) -> uuid.UUID:
    made = office.connect()
    office.read_accounts(made)
    return made


def account_id(office: Office, connection_id: uuid.UUID) -> uuid.UUID:
    with office.serving() as session:
        return queries.accounts(session, queries.one(session, connection_id))[0].id


def check(office: Office) -> None:
    with office.app.app_context():
        jobs.check_connections()


def test_a_permission_that_was_taken_away_shows_by_itself(office: Office, connection_id: uuid.UUID) -> None:
    assert "What is to be reported waits" not in office.client.get("/leads").text
    office.revoke_at_google()
    check(office)
    notice.forget(office.person.company_id)
    assert office.row(connection_id).state == "needs_reconnect"
    assert office.events().count("connection.broken") == 1
    page = office.client.get("/leads").text
    assert "What is to be reported waits" in page and f"/connections/{connection_id}" in page, "without JavaScript too"
    office.connect()
    assert "What is to be reported waits" not in office.client.get("/leads").text


def test_a_healthy_connection_is_looked_after_now_and_then(
    office: Office, connection_id: uuid.UUID, owner: Owner
) -> None:
    check(office)
    first = office.row(connection_id).checked_at
    check(office)
    assert office.row(connection_id).checked_at == first, "not again within six hours"
    owner.execute("UPDATE connections SET checked_at = now() - interval '7 hours'")
    office.fault(token="down")
    check(office)
    row = office.row(connection_id)
    assert row.state == "active" and row.check_problem


def test_accounts_are_read_when_the_bell_was_lost(office: Office, owner: Owner) -> None:
    connection_id = office.connect()
    office.app.extensions["leader"].bell.connection.flushdb()
    owner.execute("UPDATE connections SET accounts_asked_at = now() - interval '1 minute'")
    with office.app.app_context():
        jobs.read_forgotten()
    row = office.row(connection_id)
    assert row.accounts_asked_at is None and row.accounts_read_at is not None


def test_an_unreadable_token_ends_the_reading(office: Office, connection_id: uuid.UUID, owner: Owner) -> None:
    office.post(f"/connections/{connection_id}/readings")
    owner.execute("UPDATE company_keys SET wrapped_key = 'broken'")
    office.read_accounts(connection_id)
    row = office.row(connection_id)
    assert row.accounts_asked_at is None and row.accounts_problem


def test_a_partial_grant_is_given_back(office: Office) -> None:
    office.come_back(consent(office.leave(), OWNER, untick=(SENDING,)))
    assert office.live_grants() == 0


def test_a_partial_grant_of_a_login_in_use_is_left_alone(office: Office, connection_id: uuid.UUID) -> None:
    office.come_back(consent(office.leave(), OWNER, untick=(SENDING,)))
    assert office.live_grants() >= 1
    assert office.row(connection_id).state == "active"


def test_the_set_up_is_shown_with_the_place_to_mend_it(office: Office, connection_id: uuid.UUID) -> None:
    page = office.client.get(f"/connections/{connection_id}").text
    assert page.count("Done") >= 5 and "Auto-tagging is on" in page
    account = ListedAccount(uuid.uuid4(), "1", "A", "GBP", True, False, None, True, "NOT_CONVERSION_TRACKED")
    assert [point.is_done for point in readiness(account)] == [False, False, None, True, False]
    account.actions.append(ListedAction("Won", "MANY_PER_CLICK"))
    account.tracking_status = ""
    assert [point.is_done for point in readiness(account)] == [False, None, None, True, True]


def test_a_conversion_action_is_made_from_leader(office: Office, connection_id: uuid.UUID) -> None:
    wish = GOOD | {"account_id": str(account_id(office, connection_id))}
    assert office.post(f"/connections/{connection_id}/actions", wish).status_code == 303
    office.read_accounts(connection_id)
    page = office.client.get(f"/connections/{connection_id}").text
    assert "Roof sold" in page
    with office.serving() as session:
        (wanted,) = queries.wanted(session, connection_id)
        assert wanted.google_id and wanted.made_at
    office.post(f"/connections/{connection_id}/actions", wish)
    office.read_accounts(connection_id)
    assert "was not made" in office.client.get(f"/connections/{connection_id}").text, "the name is taken"


@pytest.mark.parametrize(
    "bad",
    [{"name": " "}, {"category": "OTHER"}, {"click_window_days": "0"}, {"click_window_days": "x"}, {"value": "-1"}],
)
def test_a_bad_wish_is_refused(office: Office, connection_id: uuid.UUID, bad: dict[str, str]) -> None:
    wish = GOOD | {"account_id": str(account_id(office, connection_id))} | bad
    assert office.post(f"/connections/{connection_id}/actions", wish).status_code == 422
    with office.serving() as session:
        assert queries.wanted(session, connection_id) == []


def test_strangers_and_viewers_make_nothing(
    office: Office, office_of: OfficeOf, connection_id: uuid.UUID, charlie: Person, viewer: Person
) -> None:
    wish = GOOD | {"account_id": str(account_id(office, connection_id))}
    assert office_of(charlie).post(f"/connections/{connection_id}/actions", wish).status_code == 404
    assert office_of(viewer).post(f"/connections/{connection_id}/actions", wish).status_code == 403
    assert office.post(f"/connections/{connection_id}/actions", GOOD | {"account_id": "x"}).status_code == 404


def test_a_client_of_a_manager_gets_its_action_too(office: Office) -> None:
    connection_id = office.connect(AGENCY)
    office.read_accounts(connection_id)
    chosen = account_id(office, connection_id)
    office.post(f"/connections/{connection_id}/accounts", {"accounts": str(chosen)})
    office.read_accounts(connection_id)
    office.post(f"/connections/{connection_id}/actions", GOOD | {"account_id": str(chosen)})
    office.read_accounts(connection_id)
    with office.serving() as session:
        (wanted,) = queries.wanted(session, connection_id)
        assert wanted.google_id, wanted.problem
