"""Deleting a connection: revoked at Google, erased here, and said so, also when Google does not answer."""

import uuid
from datetime import timedelta

from sqlalchemy import text, update
from werkzeug.test import TestResponse

from app.connections import disconnecting, jobs, use
from app.connections.models import Connection
from app.core.clock import utc_now
from tests.connections.conftest import Office, OfficeOf
from tests.fixtures.application import Owner
from tests.fixtures.people import Person


def _delete(office: Office, connection_id: uuid.UUID) -> TestResponse:
    return office.post(f"/connections/{connection_id}/deletion")


def _retry(office: Office, *, asked: timedelta = timedelta(0)) -> None:
    """The job, as if the deletion had been asked for so long ago and were due."""
    with office.serving() as session:
        values = {"due_at": utc_now() - timedelta(seconds=1), "disconnecting_at": utc_now() - asked}
        session.execute(update(Connection).where(Connection.state == "disconnecting").values(values))
        session.commit()
    with office.app.app_context():
        jobs.finish_disconnecting()


def _is_erased(row: Connection) -> bool:
    kept = (row.sealed_refresh_token, row.sealed_access_token, row.access_token_expires_at)
    return kept == (None, None, None)


def test_deleting_revokes_erases_and_proves_it(office: Office) -> None:
    connection_id = office.connect()
    assert office.live_grants() == 1
    answer = _delete(office, connection_id)
    assert (answer.status_code, answer.location) == (303, f"/connections/{connection_id}")
    assert office.live_grants() == 0
    row = office.row(connection_id)
    assert row.state == "deleted"
    assert _is_erased(row)
    assert row.revoked_at
    assert row.deleted_at
    assert row.deleted_by == office.person.user_id
    assert office.events() == ["connection.made", "connection.deleted"]
    for path in ("/connections", f"/connections/{connection_id}"):
        page = office.client.get(path).text
        assert "Google confirmed that Leader&#39;s access is revoked." in page
        assert "Stored tokens erased" in page
        assert row.deleted_by_name in page
    assert "Past connections" in office.client.get("/connections").text


def test_nothing_of_the_tokens_is_left_in_the_row(office: Office) -> None:
    connection_id = office.connect()
    before = office.row(connection_id)
    _delete(office, connection_id)
    with office.serving() as session:
        stored = session.execute(text("SELECT connections::text FROM connections")).scalar_one()
    assert before.sealed_refresh_token
    assert before.sealed_refresh_token not in stored


def test_deleting_twice_changes_nothing(office: Office) -> None:
    connection_id = office.connect()
    _delete(office, connection_id)
    first = office.row(connection_id)
    assert _delete(office, connection_id).status_code == 303
    assert office.row(connection_id).deleted_at == first.deleted_at
    assert office.events() == ["connection.made", "connection.deleted"]


def test_access_that_had_ended_already_is_a_confirmation(office: Office) -> None:
    connection_id = office.connect()
    office.revoke_at_google()
    _delete(office, connection_id)
    row = office.row(connection_id)
    assert (row.state, row.revoke_answer) == (
        "deleted",
        "Google answered that Leader's access had already ended.",
    )
    assert row.revoked_at


def test_google_down_then_finished_by_the_job(office: Office) -> None:
    connection_id = office.connect()
    office.fault(revoke="down")
    _delete(office, connection_id)
    row = office.row(connection_id)
    assert (row.state, row.revoke_attempts, row.sealed_access_token) == ("disconnecting", 1, None)
    assert row.sealed_refresh_token
    page = office.client.get(f"/connections/{connection_id}").text
    assert "Google has not confirmed yet" in page
    assert "Kept until Google confirms" in page
    _retry(office)
    again = office.row(connection_id)
    assert (again.state, again.revoke_attempts) == ("disconnecting", 2)
    assert again.due_at
    assert again.due_at - utc_now() > timedelta(seconds=50)
    office.fault(revoke="none")
    _retry(office)
    row = office.row(connection_id)
    assert row.state == "deleted"
    assert _is_erased(row)
    assert office.live_grants() == 0


def test_the_job_leaves_alone_what_is_not_due(office: Office) -> None:
    connection_id = office.connect()
    office.fault(revoke="down")
    _delete(office, connection_id)
    office.fault(revoke="none")
    with office.app.app_context():
        jobs.finish_disconnecting()
    assert office.row(connection_id).state == "disconnecting"


def test_after_a_day_the_token_is_erased_whatever_google_says(office: Office) -> None:
    connection_id = office.connect()
    office.fault(revoke="down")
    _delete(office, connection_id)
    _retry(office, asked=timedelta(hours=23, minutes=59))
    assert office.row(connection_id).state == "disconnecting"
    _retry(office, asked=timedelta(hours=24))
    row = office.row(connection_id)
    assert (row.state, row.revoked_at) == ("deleted", None)
    assert _is_erased(row)
    assert "Google did not confirm within a day" in row.revoke_answer
    assert office.live_grants() == 1
    assert "Google did not confirm within a day" in office.client.get("/connections").text


def test_a_shared_login_is_not_revoked(office: Office, office_of: OfficeOf, bob: Person) -> None:
    other = office_of(bob)
    mine, theirs = office.connect(), other.connect()
    _delete(office, mine)
    row = office.row(mine)
    assert (row.state, row.revoked_at) == ("deleted", None)
    assert _is_erased(row)
    assert "Another connection in Leader uses the same Google login" in row.revoke_answer
    assert office.live_grants() == 1
    _delete(other, theirs)
    assert other.row(theirs).revoked_at
    assert office.live_grants() == 0


def test_a_broken_seal_is_told_and_the_rest_is_erased(office: Office) -> None:
    connection_id = office.connect()
    with office.serving() as session:
        session.execute(update(Connection).values(sealed_refresh_token="damaged"))
        session.commit()
    _delete(office, connection_id)
    row = office.row(connection_id)
    assert row.state == "deleted"
    assert _is_erased(row)
    assert "could not read the stored token" in row.revoke_answer


def test_a_deletion_waits_for_what_is_under_way(office: Office) -> None:
    """A worker that is sending holds the connection: its deletion stops new sendings and ends later."""
    connection_id = office.connect()
    with office.serving() as session:
        use.open_for_use(session, connection_id)
        assert office.meanwhile(lambda: _delete(office, connection_id)).status_code == 303
        assert office.live_grants() == 1
        session.commit()
    assert office.row(connection_id).state == "disconnecting"
    assert "finishes the deletion by itself" in office.client.get("/connections").text
    _retry(office)
    assert office.row(connection_id).state == "deleted"
    assert office.live_grants() == 0


def test_a_deletion_is_refused_kindly_while_a_worker_holds_the_row(office: Office) -> None:
    connection_id = office.connect()
    with office.serving() as session:
        use.lock(session, connection_id)
        assert office.meanwhile(lambda: _delete(office, connection_id)).status_code == 303
        session.commit()
    assert office.row(connection_id).state == "active"
    assert "Try again in a minute" in office.client.get("/connections").text


def test_one_deletion_that_fails_does_not_keep_the_next_waiting(
    office: Office, office_of: OfficeOf, bob: Person, owner: Owner
) -> None:
    first, other = office.connect(), office_of(bob)
    office.fault(revoke="down")
    _delete(office, first)
    second = other.connect()
    _delete(other, second)
    office.fault(revoke="none")
    owner.execute("UPDATE connections SET due_at = now() - interval '1 minute'")
    # The first comes first, and cannot even be read: Python knows no such time.
    owner.execute("UPDATE connections SET disconnecting_at = 'infinity', due_at = '-infinity' WHERE id = %s", (first,))
    with office.app.app_context():
        jobs.finish_disconnecting()
    assert other.row(second).state == "deleted"


def test_connecting_the_login_again_while_google_is_silent(office: Office) -> None:
    """The new grant must not be ended by the old deletion."""
    old = office.connect()
    office.fault(revoke="down")
    _delete(office, old)
    office.fault(revoke="none")
    new = office.connect()
    assert new != old
    _retry(office)
    assert office.row(old).state == "deleted"
    assert office.row(new).state == "active"
    assert office.live_grants() == 1


def test_waiting_times_grow_to_an_hour() -> None:
    waits = [min(disconnecting.LONGEST_RETRY, disconnecting.FIRST_RETRY * 2**n).total_seconds() for n in range(9)]
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
