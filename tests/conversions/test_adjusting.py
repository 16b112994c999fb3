"""Changes of mind: what Google is told when a lead changes after it was reported."""

import uuid
from typing import Any

import pytest
from sqlalchemy import select, update

from app.capture.models import Consent
from app.conversions import adjusting, mappings, outbox, pausing, queries
from app.conversions.mappings import Wish
from app.conversions.models import ConversionUpload
from app.core.clock import utc_now
from app.core.events import LEADER, Actor, Event
from app.core.queue import ring_after_commit
from app.leads import corrections
from app.leads.corrections import Details
from app.leads.models import Lead, Stage
from app.stages import shaping
from tests.conversions.conftest import Desk

SOMEBODY = Actor(None, "Alice")


def versions(desk: Desk, lead_id: uuid.UUID) -> list[tuple[int, str, str, int]]:
    """(version, state, reason or change, value) of each, the oldest first."""
    rows = desk.owner.execute(
        "SELECT version, state, CASE WHEN reason <> '' THEN reason ELSE change END, value_minor"
        " FROM conversion_uploads WHERE lead_id = %s ORDER BY version",
        (lead_id,),
    ).fetchall()
    return [(int(str(r[0])), str(r[1]), str(r[2]), int(str(r[3]))) for r in rows]


def lead_value(desk: Desk) -> None:
    """The rule reports the lead's own value from now on."""
    with desk.office.serving() as session:
        mappings.change(session, desk.mapping_id, Wish("250", value_rule="lead"))
        session.commit()


def correct(desk: Desk, lead_id: uuid.UUID, **changes: Any) -> None:
    with desk.office.serving() as session:
        lead = session.scalars(select(Lead).where(Lead.id == lead_id)).one()
        was = {"name": lead.name, "email": lead.email, "phone": lead.phone, "value_minor": lead.value_minor}
        details = Details(**(was | changes))
        corrections.correct(session, lead_id, details, version=lead.version, region="GB", actor=LEADER)
        session.commit()


def finish(desk: Desk) -> None:
    for _ in range(3):
        desk.work()
        desk.pass_time()
    desk.work()


def test_another_value_is_a_new_version_with_the_same_id(desk: Desk) -> None:
    lead_value(desk)
    lead_id = desk.won(value_minor=100_00)
    finish(desk)
    correct(desk, lead_id, value_minor=180_00)
    finish(desk)
    assert versions(desk, lead_id) == [
        (1, "accepted", "", 100_00),
        (2, "accepted", "VALUE_CHANGED", 180_00),
    ]
    (counted,) = desk.counted()
    assert (counted["count"], counted["value"]) == (1, 180.0)


def test_a_value_that_changes_before_it_is_sent_is_sent_once(desk: Desk) -> None:
    lead_value(desk)
    lead_id = desk.won(value_minor=100_00)
    correct(desk, lead_id, value_minor=180_00)
    finish(desk)
    assert [(version, state) for version, state, _reason, _value in versions(desk, lead_id)] == [
        (1, "accepted"),
    ]
    (counted,) = desk.counted()
    assert (counted["count"], counted["value"], counted["adjustments"]) == (1, 180.0, 0)


def test_an_older_version_is_never_sent_after_a_newer_one(desk: Desk) -> None:
    """The first was cut off under way, so that it may be at Google; then the value changed."""
    lead_value(desk)
    desk.control("faults", ingest="cut")
    lead_id = desk.won(value_minor=100_00)
    desk.work()
    desk.control("faults", ingest="none")
    correct(desk, lead_id, value_minor=180_00)
    with desk.office.serving() as session:
        first = session.scalars(select(ConversionUpload.id).where(ConversionUpload.version == 1)).one()
        session.execute(update(ConversionUpload).where(ConversionUpload.id == first).values(state="parked"))
        assert not outbox.send_again(session, first), "a newer version has taken its place"
        session.execute(update(ConversionUpload).where(ConversionUpload.id == first).values(state="waiting"))
        session.commit()
    finish(desk)
    assert versions(desk, lead_id)[0][1:3] == ("skipped", "SUPERSEDED")
    (counted,) = desk.counted()
    assert (counted["count"], counted["value"]) == (1, 180.0)


def test_a_sale_that_was_none_is_not_sent(desk: Desk) -> None:
    lead_id = desk.won()
    desk.move(lead_id, "Contacted")
    desk.work()
    assert desk.state(lead_id) == ("skipped", "STAGE_REOPENED")
    assert desk.counted() == []
    desk.move(lead_id, "Won")
    finish(desk)
    assert desk.state(lead_id)[0] == "accepted"


def test_a_sale_that_google_has_is_restated_to_nothing_and_back(desk: Desk) -> None:
    lead_id = desk.won()
    finish(desk)
    desk.move(lead_id, "Lost")
    finish(desk)
    assert versions(desk, lead_id)[-1] == (2, "accepted", "STAGE_REOPENED", 0)
    assert desk.counted()[0]["value"] == 0
    with desk.office.serving() as session:
        assert "goes on counting" in queries.lead_receipts(session, lead_id)[0].change
    desk.move(lead_id, "Won")
    finish(desk)
    assert versions(desk, lead_id)[-1] == (3, "accepted", "STAGE_REACHED_AGAIN", 250_00)
    assert [(c["count"], c["value"]) for c in desk.counted()] == [(1, 250.0)]


def test_a_lead_that_is_completed_is_planned_again(desk: Desk) -> None:
    lead_id = desk.won("Cj0 damaged", email="", phone_e164="")
    assert desk.state(lead_id) == ("skipped", "INVALID_GCLID")
    correct(desk, lead_id, email="jane.doe@example.com")
    assert desk.state(lead_id)[0] == "pending"
    finish(desk)
    assert desk.state(lead_id) == ("accepted", "")


def test_withdrawn_consent_sends_nothing_more_and_says_what_stays(desk: Desk) -> None:
    sent, unsent = desk.won(), desk.won()
    desk.owner.execute("UPDATE conversion_uploads SET due_at = now() + interval '1 day' WHERE lead_id = %s", (unsent,))
    desk.work()
    desk.owner.execute("UPDATE conversion_uploads SET due_at = now() + interval '1 day' WHERE lead_id = %s", (unsent,))
    for lead_id in (sent, unsent):
        with desk.office.serving() as session:
            session.add(
                Consent(lead_id=lead_id, ad_user_data="denied", ad_personalization="denied", way="tag", wording="")
            )
            session.flush()
            adjusting.withdraw_for_event(session, Event(type="x", lead_id=lead_id, data={}))
            session.commit()
    assert desk.state(unsent) == ("skipped", "DENIED_CONSENT")
    assert desk.state(sent)[0] == "sent"
    assert "Stays at Google" in [step.title for step in desk.receipt(sent).steps]


@pytest.mark.parametrize(
    ("mapped", "now", "left"),
    [
        (("won", 4), ("won", 4), False),
        (("won", 4), ("lost", 5), True),
        (("won", 4), ("open", 2), True),
        (("open", 3), ("lost", 5), False),
        (("open", 3), ("won", 4), False),
        (("open", 3), ("open", 2), True),
    ],
)
def test_when_a_stage_no_longer_holds(mapped: tuple[str, int], now: tuple[str, int], left: bool) -> None:
    stages = [Stage(kind=kind, position=position) for kind, position in (mapped, now)]
    assert adjusting.has_left(*stages) is left


def test_an_archived_stage_is_left_for_another_kind_only() -> None:
    """Whoever archived it moved its leads; nobody took a step back."""
    mapped = Stage(kind="open", position=3, archived_at=utc_now())
    assert not adjusting.has_left(mapped, Stage(kind="open", position=2))
    assert adjusting.has_left(mapped, Stage(kind="new", position=1))


@pytest.mark.parametrize("is_back", [False, True])
def test_archiving_a_stage_changes_nothing_at_google(desk: Desk, is_back: bool) -> None:
    desk.owner.execute(
        "UPDATE conversion_mappings SET stage_id = %s WHERE id = %s", (desk.stage_ids["Qualified"], desk.mapping_id)
    )
    lead_id = desk.lead()
    desk.move(lead_id, "Qualified")
    finish(desk)
    if is_back:
        desk.move(lead_id, "Contacted")
        finish(desk)
    before = versions(desk, lead_id)
    with desk.office.serving() as session:
        shaping.archive(session, desk.stage_ids["Qualified"], desk.stage_ids["Contacted"], actor=SOMEBODY)
        session.commit()
    correct(desk, lead_id, name="Jane Doe")
    finish(desk)
    assert versions(desk, lead_id) == before
    assert [found["value"] for found in desk.counted()] == [0 if is_back else 250.0]


def test_a_pause_holds_what_is_there_and_what_comes(desk: Desk) -> None:
    first = desk.won()
    with desk.office.serving() as session:
        pausing.pause(session, actor=SOMEBODY)
        pausing.pause(session, actor=SOMEBODY)
        session.commit()
    second = desk.won()
    desk.work()
    assert desk.state(first) == desk.state(second) == ("held", "PAUSED")
    with desk.office.serving() as session:
        pausing.resume(session, actor=SOMEBODY)
        pausing.resume(session, actor=SOMEBODY)
        session.commit()
    finish(desk)
    assert desk.state(first) == desk.state(second) == ("accepted", "")


def test_a_pause_outlasts_a_renewed_sign_in(desk: Desk) -> None:
    lead_id = desk.won()
    desk.office.revoke_at_google()
    for _ in range(3):
        desk.make_due()
        desk.work()
    assert desk.state(lead_id) == ("held", "NEEDS_RECONNECT")
    with desk.office.serving() as session:
        pausing.pause(session, actor=SOMEBODY)
        session.commit()
    desk.office.connect()
    assert desk.state(lead_id) == ("held", "PAUSED")


def test_send_again_after_too_many_tries_gets_as_many_again(desk: Desk) -> None:
    lead_id = desk.won()
    desk.owner.execute(
        "UPDATE conversion_uploads SET state = 'parked', reason = 'TRIED_TOO_OFTEN', attempts = 40,"
        " created_at = now() - interval '9 days'"
    )
    desk.control("faults", ingest="500")
    with desk.office.serving() as session:
        assert outbox.send_again(session, uuid.UUID(desk.receipt(lead_id).upload_id))
        ring_after_commit(session, "conversions", "app.conversions.jobs.send_due")
        session.commit()
    desk.work()
    assert desk.state(lead_id)[0] == "waiting"
    desk.control("faults", ingest="none")
    finish(desk)
    assert desk.state(lead_id) == ("accepted", "")


def test_an_event_without_a_lead_changes_nothing(desk: Desk) -> None:
    with desk.office.serving() as session:
        adjusting.review_for_event(session, Event(type="x", lead_id=None, data={}))
        adjusting.withdraw_for_event(session, Event(type="x", lead_id=None, data={}))
        adjusting.review(session, uuid.uuid4())


def test_where_google_refuses_a_known_id_the_change_says_so(desk: Desk) -> None:
    lead_value(desk)
    lead_id = desk.won(value_minor=100_00)
    finish(desk)
    desk.control("faults", known_id="duplicate")
    correct(desk, lead_id, value_minor=180_00)
    finish(desk)
    assert versions(desk, lead_id)[-1][:3] == (2, "rejected", "DUPLICATE_TRANSACTION_ID")
    assert desk.counted()[0]["value"] == 100.0


def test_after_reconnecting_the_oldest_goes_first_and_a_note_is_kept(desk: Desk) -> None:
    first, second = desk.won(name="First"), desk.won(name="Second")
    desk.office.revoke_at_google()
    for _ in range(3):
        desk.make_due()
        desk.work()
    desk.owner.execute(
        "UPDATE conversion_uploads SET deadline_at = now() - interval '1 hour' WHERE lead_id = %s", (second,)
    )
    desk.office.connect()
    row = desk.office.row(desk.connection_id)
    assert (row.reconciliation["released"], row.reconciliation["expired"]) == (2, 1)
    due = desk.owner.execute("SELECT lead_id FROM conversion_uploads ORDER BY due_at").fetchall()
    assert [found[0] for found in due] == [first, second]
    assert (
        "2 conversions that had waited were sent on"
        in desk.office.client.get(f"/connections/{desk.connection_id}").text
    )


def _value_on_its_way(desk: Desk) -> uuid.UUID:
    """Google has 100; that it is 180 now waits to be sent."""
    lead_value(desk)
    lead_id = desk.won(value_minor=100_00)
    finish(desk)
    correct(desk, lead_id, value_minor=180_00)
    return lead_id


def test_a_sale_taken_back_while_a_change_waits_is_restated_to_nothing(desk: Desk) -> None:
    lead_id = _value_on_its_way(desk)
    desk.move(lead_id, "Contacted")
    correct(desk, lead_id, name="Jane Doe")
    finish(desk)
    assert [(found[1], found[3]) for found in versions(desk, lead_id)] == [
        ("accepted", 100_00),
        ("skipped", 180_00),
        ("accepted", 0),
    ]
    assert [(found["count"], found["value"]) for found in desk.counted()] == [(1, 0.0)]


def test_consent_withdrawn_while_a_change_waits_says_what_stays(desk: Desk) -> None:
    lead_id = _value_on_its_way(desk)
    with desk.office.serving() as session:
        adjusting.withdraw_for_event(session, Event(type="x", lead_id=lead_id, data={}))
        session.commit()
        newest = queries.lead_receipts(session, lead_id)[0]
    assert (newest.state, newest.steps[0].title) == ("skipped", "Stays at Google")


def test_a_corrected_address_is_what_google_is_told(desk: Desk) -> None:
    lead_id = desk.won(email="wrong@example.org")
    with desk.office.serving() as session:
        mappings.change(session, desk.mapping_id, Wish("999"))
        session.commit()
    desk.owner.execute("UPDATE conversion_uploads SET state = 'held', reason = 'NEEDS_RECONNECT'")
    before = desk.receipt(lead_id)
    correct(desk, lead_id, name="Jane Doe")
    assert len(desk.receipt(lead_id).steps) == len(before.steps), "the name is not sent"
    correct(desk, lead_id, email="right@example.com")
    after = desk.receipt(lead_id)
    hashes = [{line.value for line in receipt.sent if "E-mail" in line.label} for receipt in (before, after)]
    assert hashes[0] != hashes[1] and len(hashes[1]) == 1
    assert desk.state(lead_id) == ("held", "NEEDS_RECONNECT"), "what holds it has not changed"
    desk.owner.execute("UPDATE conversion_uploads SET state = 'pending', reason = ''")
    finish(desk)
    assert [found[1:] for found in versions(desk, lead_id)] == [("accepted", "", 250_00)]


@pytest.mark.parametrize("change", ["spam", "reopened"])
def test_what_google_refused_is_not_sent_again_for_a_lead_that_is_none(desk: Desk, change: str) -> None:
    lead_id = desk.won("TEST_CLICK_NOT_FOUND")
    finish(desk)
    assert desk.state(lead_id)[0] == "rejected"
    if change == "spam":
        desk.owner.execute("UPDATE leads SET is_spam = true WHERE id = %s", (lead_id,))
    else:
        desk.move(lead_id, "Contacted")
    desk.office.post(f"/conversions/uploads/{desk.receipt(lead_id).upload_id}/sendings")
    desk.work()
    assert desk.state(lead_id) == ("skipped", "SPAM_LEAD" if change == "spam" else "STAGE_REOPENED")


def test_a_pause_holds_what_was_cut_off_and_what_is_sent_again(desk: Desk) -> None:
    desk.control("faults", ingest="cut")
    cut_off, refused = desk.won(), desk.won()
    desk.work()
    desk.control("faults", ingest="none")
    desk.owner.execute("UPDATE conversion_uploads SET state = 'sending' WHERE lead_id = %s", (cut_off,))
    desk.owner.execute("UPDATE conversion_uploads SET state = 'rejected' WHERE lead_id = %s", (refused,))
    with desk.office.serving() as session:
        pausing.pause(session, actor=SOMEBODY)
        session.commit()
    desk.office.post(f"/conversions/uploads/{desk.receipt(refused).upload_id}/sendings")
    desk.make_due()
    desk.work()
    assert desk.state(cut_off) == desk.state(refused) == ("held", "PAUSED")
    with desk.office.serving() as session:
        pausing.resume(session, actor=SOMEBODY)
        session.commit()
    finish(desk)
    assert desk.state(cut_off)[0] == desk.state(refused)[0] == "accepted"
