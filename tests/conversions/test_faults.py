"""Google down, slow, busy, cutting the line; a dead sign-in; a deleted connection: nothing is lost or doubled."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.conversions import mappings, outbox, queries, sending
from app.conversions.mappings import Wish
from tests.conversions.conftest import Desk


def _finish(desk: Desk) -> None:
    for _ in range(3):
        desk.pass_time()
        desk.work()


@pytest.mark.parametrize("fault", ["down", "429", "500", "cut"])
def test_a_fault_of_google_delays_and_never_doubles(desk: Desk, fault: str) -> None:
    desk.control("faults", ingest=fault)
    lead_id = desk.won()
    desk.work()
    state, reason = desk.state(lead_id)
    assert state == "waiting"
    assert reason
    assert desk.receipt(lead_id).sentence
    desk.control("faults", ingest="none")
    _finish(desk)
    assert desk.state(lead_id)[0] == "accepted"
    assert [conversion["count"] for conversion in desk.counted()] == [1]


def test_a_cut_answer_is_said_to_be_unclear_and_sent_again_with_the_same_id(desk: Desk) -> None:
    desk.control("faults", ingest="cut")
    lead_id = desk.won()
    desk.work()
    assert len(desk.counted()) == 1  # Google has it, Leader does not know
    desk.control("faults", ingest="none")
    _finish(desk)
    (conversion,) = desk.counted()
    assert conversion["count"] == 1
    assert conversion["transaction_id"] == desk.receipt(lead_id).transaction_id


def test_no_answer_about_the_verdict_is_asked_for_again(desk: Desk) -> None:
    lead_id = desk.won()
    desk.work()
    desk.control("faults", status="down")
    desk.pass_time()
    desk.work()
    assert desk.state(lead_id)[0] == "sent"
    desk.control("faults", status="none")
    _finish(desk)
    assert desk.state(lead_id) == ("accepted", "")


def test_a_dead_sign_in_holds_everything_and_connecting_again_sends_it(desk: Desk) -> None:
    desk.office.revoke_at_google()
    lead_id = desk.won()
    for _ in range(3):
        desk.make_due()
        desk.work()
    assert desk.state(lead_id) == ("held", "NEEDS_RECONNECT")
    assert desk.office.row(desk.connection_id).state == "needs_reconnect"
    desk.office.connect()
    assert desk.state(lead_id)[0] == "pending"
    _finish(desk)
    assert desk.state(lead_id) == ("accepted", "")
    assert len(desk.counted()) == 1


def test_nothing_is_sent_after_the_connection_was_deleted(desk: Desk) -> None:
    waiting = desk.won()
    sent = desk.won()
    desk.owner.execute(
        "UPDATE conversion_uploads SET due_at = now() + interval '1 hour' WHERE lead_id = %s", (waiting,)
    )
    desk.work()
    answer = desk.office.post(f"/connections/{desk.connection_id}/deletion")
    assert answer.status_code == 303
    before = len(desk.counted())
    desk.make_due()
    desk.work()
    desk.won()
    desk.work()
    assert len(desk.counted()) == before == 1
    assert desk.state(waiting) == ("skipped", "CONNECTION_DELETED")
    assert desk.state(sent) == ("parked", "VERDICT_NOT_ASKED")
    unsettled = desk.owner.execute("SELECT count(*) FROM conversion_uploads WHERE settled_at IS NULL").fetchone()
    assert unsettled == (0,)


def test_one_company_with_a_dead_sign_in_does_not_stop_the_next(desk: Desk, open_desk, bob) -> None:  # type: ignore[no-untyped-def]
    other = open_desk(bob)
    desk.owner.execute("UPDATE connections SET sealed_refresh_token = 'broken', sealed_access_token = 'broken'"
                       " WHERE company_id = %s", (desk.office.person.company_id,))  # fmt: skip
    desk.won()
    theirs = other.won()
    desk.work()
    assert other.state(theirs)[0] == "sent"


def test_a_sign_in_that_is_renewed_while_a_worker_looks_is_seen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker finds the connection broken; before it writes that down, the person connects again."""
    desk.office.revoke_at_google()
    broken = desk.won()
    desk.owner.execute("UPDATE connections SET access_token_expires_at = now()")
    desk.work()
    assert desk.state(broken) == ("held", "NEEDS_RECONNECT")
    late = desk.won()
    put_aside = sending.Courier._put_aside

    def meanwhile(courier: sending.Courier, session: Session, *rest: Any) -> None:
        if not connected:
            connected.append(ThreadPoolExecutor(1).submit(desk.office.connect).result(timeout=20))
        put_aside(courier, session, *rest)

    connected: list[object] = []
    monkeypatch.setattr(sending.Courier, "_put_aside", meanwhile)
    desk.work()
    assert connected == [desk.connection_id]
    assert {desk.state(lead_id)[0] for lead_id in (broken, late)} == {"sent"}


def test_what_was_held_for_weeks_gets_its_tries(desk: Desk) -> None:
    lead_id = desk.won()
    desk.owner.execute("UPDATE conversion_uploads SET created_at = now() - interval '20 days'")
    desk.control("faults", ingest="500")
    desk.work()
    assert desk.state(lead_id)[0] == "waiting"
    desk.owner.execute("UPDATE conversion_uploads SET attempts = 20")
    desk.make_due()
    desk.work()
    assert desk.state(lead_id) == ("parked", "TRIED_TOO_OFTEN")


def test_a_request_that_google_never_knows_is_not_sent_for_ever(desk: Desk) -> None:
    lead_id = desk.won()
    desk.work()
    desk.owner.execute("UPDATE conversion_uploads SET request_id = 'never-heard-of'")
    desk.make_due()
    desk.work()
    assert desk.state(lead_id)[0] == "sent"  # the same was sent again
    desk.owner.execute(
        "UPDATE conversion_uploads SET request_id = 'never-heard-of', attempts = 20,"
        " created_at = now() - interval '9 days'"
    )
    desk.make_due()
    desk.work()
    assert desk.state(lead_id) == ("parked", "NO_VERDICT")


def test_a_sending_that_always_ends_the_worker_is_set_aside(desk: Desk) -> None:
    lead_id = desk.won()
    desk.owner.execute(
        "UPDATE conversion_uploads SET state = 'sending', attempts = 99, created_at = now() - interval '9 days',"
        " due_at = now()"
    )
    desk.work()
    assert desk.state(lead_id) == ("parked", "TRIED_TOO_OFTEN")
    assert desk.counted() == []


def test_send_again_does_not_take_it_from_the_worker_that_has_it(desk: Desk) -> None:
    """Two clicks: when the second arrives, a worker holds the upload already."""
    lead_id = desk.won("TEST_CLICK_NOT_FOUND")
    desk.work()
    desk.pass_time()
    desk.work()
    upload_id = uuid.UUID(desk.receipt(lead_id).upload_id)
    with desk.office.serving() as session:
        queries.upload(session, upload_id)  # as a request that read it before the first click
        desk.owner.execute("UPDATE conversion_uploads SET state = 'sending', claim = claim + 2")
        assert not outbox.send_again(session, upload_id)
        session.commit()
    assert desk.state(lead_id)[0] == "sending"


def _connect_and_map_again(desk: Desk) -> None:
    """Another connection of the same login, and the same rule once more."""
    connection_id = desk.office.connect()
    desk.office.read_accounts(connection_id)
    with desk.office.serving() as session:
        action = queries.action_choices(session)[0]
        mappings.add(session, stage_id=desk.stage_ids["Won"], action_id=action.id, wish=Wish("250"))
        session.commit()


@pytest.mark.parametrize("is_cut", [False, True], ids=["sent", "perhaps sent"])
def test_a_sale_that_may_be_at_google_is_not_sent_through_a_new_connection(desk: Desk, is_cut: bool) -> None:
    desk.control("faults", ingest="cut" if is_cut else "none")
    lead_id = desk.won()
    desk.work()
    desk.control("faults", ingest="none")
    assert len(desk.counted()) == 1
    desk.office.post(f"/connections/{desk.connection_id}/deletion")
    assert desk.state(lead_id) == ("parked", "VERDICT_NOT_ASKED")
    receipt = desk.receipt(lead_id)
    assert not receipt.can_send_again
    desk.office.post(f"/conversions/uploads/{receipt.upload_id}/sendings")
    assert desk.state(lead_id) == ("parked", "VERDICT_NOT_ASKED")
    _connect_and_map_again(desk)
    desk.move(lead_id, "Contacted")
    desk.move(lead_id, "Won")
    _finish(desk)
    assert [conversion["count"] for conversion in desk.counted()] == [1]


def test_a_sale_that_was_only_held_is_sent_through_a_new_connection(desk: Desk) -> None:
    desk.office.revoke_at_google()
    lead_id = desk.won()
    for _ in range(3):
        desk.make_due()
        desk.work()
    assert desk.state(lead_id) == ("held", "NEEDS_RECONNECT")
    desk.office.post(f"/connections/{desk.connection_id}/deletion")
    _connect_and_map_again(desk)
    desk.move(lead_id, "Contacted")
    desk.move(lead_id, "Won")
    _finish(desk)
    assert [conversion["count"] for conversion in desk.counted()] == [1]


def test_a_verdict_waits_quietly_for_a_renewed_sign_in(desk: Desk) -> None:
    lead_id = desk.won()
    desk.work()
    desk.office.revoke_at_google()
    for _ in range(2):  # the token is refused, then the sign-in found dead
        desk.pass_time()
        desk.work()
    for _ in range(3):
        desk.work()  # not due
    titles = [step.title for step in desk.receipt(lead_id).steps]
    assert titles.count("Put on hold") == 1 and titles.count("Sent to Google") == 1
    desk.office.connect()
    desk.work()  # due at once
    assert desk.state(lead_id) == ("accepted", "")
