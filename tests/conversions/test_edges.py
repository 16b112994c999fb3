"""The rare turns of the rules: what changes nothing, what is refused, and what comes back after an import."""

import uuid

import pytest
from sqlalchemy import select

from app.conversions import adjusting, facts, lines, mappings, outbox, past, worklist
from app.conversions.files import making
from app.conversions.mappings import Wish
from app.conversions.models import ConversionFile, ConversionMapping
from app.conversions.receipts import UPLOADED_AS_FILE
from app.core import events
from app.core.errors import InvalidInputError
from app.core.events import Event
from app.leads.models import Lead
from tests.conversions.conftest import Desk


def versions(desk: Desk, lead_id: uuid.UUID) -> list[str]:
    rows = desk.owner.execute(
        "SELECT change FROM conversion_uploads WHERE lead_id = %s ORDER BY version", (lead_id,)
    ).fetchall()
    return [str(row[0]) for row in rows]


def review(desk: Desk, lead_id: uuid.UUID) -> None:
    with desk.office.serving() as session:
        adjusting.review(session, lead_id)
        session.commit()


def by_the_leads_value(desk: Desk) -> None:
    with desk.office.serving() as session:
        mappings.change(session, desk.mapping_id, Wish("250", value_rule="lead"))
        session.commit()


@pytest.mark.parametrize("click_id", ["", "TEST_CLICK_NOT_FOUND"])
def test_a_review_that_finds_nothing_new_sends_nothing(desk: Desk, click_id: str) -> None:
    by_the_leads_value(desk)
    lead_id = desk.won(click_id, value_minor=9_900)
    for _ in range(2):
        desk.pass_time()
        desk.work()
    review(desk, lead_id)
    assert versions(desk, lead_id) == [""]


def test_what_turns_out_to_be_spam_is_set_to_nothing_and_what_was_withdrawn_is_left(desk: Desk) -> None:
    spam, withdrawn = desk.won(), desk.won(email="other@example.org")
    desk.work()
    desk.owner.execute("UPDATE leads SET is_spam = true WHERE id = %s", (spam,))
    desk.owner.execute("UPDATE consents SET ad_user_data = 'denied' WHERE lead_id = %s", (withdrawn,))
    for lead_id in (spam, withdrawn, uuid.uuid4()):
        review(desk, lead_id)
    assert versions(desk, spam) == ["", "SPAM_LEAD"]
    assert versions(desk, withdrawn) == [""]


def test_a_frozen_lead_is_never_reported(desk: Desk) -> None:
    lead_id = desk.lead()
    desk.owner.execute("UPDATE leads SET restricted_at = now() WHERE id = %s", (lead_id,))
    with desk.office.serving() as session:
        lead = session.scalars(select(Lead).where(Lead.id == lead_id)).one()
        assert facts.of_leads(session, [lead])[lead_id].is_excluded == "RESTRICTED"


def test_a_rule_names_a_stage_a_conversion_and_a_currency_that_exist(desk: Desk) -> None:
    with desk.office.serving() as session:
        action_id = session.scalars(select(ConversionMapping.conversion_action_id)).one()
        won = desk.stage_ids["Won"]
        for stage, action in ((uuid.uuid4(), action_id), (won, uuid.uuid4())):
            with pytest.raises(InvalidInputError):
                mappings.add(session, stage_id=stage, action_id=action, wish=Wish("1"))
        session.rollback()
    desk.owner.execute("UPDATE ad_accounts SET currency = 'XXX'")
    with desk.office.serving() as session, pytest.raises(InvalidInputError, match="XXX"):
        mappings.add(session, stage_id=won, action_id=action_id, wish=Wish("1"))


def test_past_leads_in_another_currency_are_counted_but_not_summed(desk: Desk) -> None:
    lead_id = desk.lead(value_minor=5_000, currency="EUR")
    desk.owner.execute("UPDATE conversion_mappings SET is_active = false")
    desk.move(lead_id)
    by_value = "UPDATE conversion_mappings SET is_active = true, value_rule = 'lead'"
    desk.owner.execute(by_value)
    with desk.office.serving() as session:
        seen = past.look(session, past.target(session, desk.mapping_id))
    assert (seen.ready, seen.value_minor) == (1, 0)


def test_what_an_archive_brings_waits_for_a_sign_in_and_says_so(desk: Desk) -> None:
    lead_id = desk.won()
    desk.owner.execute("UPDATE conversion_uploads SET state = 'held', reason = ''")
    desk.owner.execute("UPDATE connections SET state = 'needs_reconnect'")
    with desk.office.serving() as session:
        events.record(session, "archive.imported", actor=events.LEADER, rows=1, made_at="")
        session.commit()
    assert desk.state(lead_id) == ("held", "NEEDS_RECONNECT")
    desk.office.connect()
    desk.work()
    assert desk.state(lead_id)[0] == "sent"


def test_google_gives_no_fresh_access_and_all_waits(desk: Desk) -> None:
    lead_id = desk.won()
    desk.owner.execute("UPDATE connections SET access_token_expires_at = now()")
    desk.control("faults", token="down")
    desk.work()
    assert desk.state(lead_id)[0] == "waiting"


def test_a_worker_keeps_only_so_many_lines(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST", 0)
    lead_id = desk.won()
    desk.work()
    assert desk.state(lead_id)[0] == "sent"


def test_what_was_uploaded_as_a_file_needs_no_saving() -> None:
    assert not worklist.can_be_saved("parked", UPLOADED_AS_FILE)


def test_unknown_uploads_are_not_changed(desk: Desk) -> None:
    with desk.office.serving() as session:
        assert not outbox.cancel(session, uuid.uuid4())
        assert not outbox.set_aside(session, uuid.uuid4(), "SUPERSEDED")


def test_a_frozen_leads_waiting_conversion_is_stopped(desk: Desk) -> None:
    lead_id = desk.won()
    with desk.office.serving() as session:
        outbox.stop_lead(session, lead_id, reason="RESTRICTED")
        session.commit()
    assert desk.state(lead_id) == ("skipped", "RESTRICTED")


def test_an_archived_stage_is_reported_no_more(desk: Desk) -> None:
    with desk.office.serving() as session:
        mappings.end_of_stage_for_event(session, Event(type="", data={"stage_id": str(desk.stage_ids["Won"])}))
        assert session.scalars(select(ConversionMapping.is_active)).one() is False
        session.rollback()


def test_what_now_belongs_into_another_file_leaves_this_one(desk: Desk) -> None:
    lead_id = desk.won()
    with desk.office.serving() as session:
        (ready,) = making.ready(session)
        upload_id = desk.owner.execute("SELECT id FROM conversion_uploads WHERE lead_id = %s", (lead_id,)).fetchone()
        assert upload_id is not None
        file = ConversionFile(
            kind="leads" if ready.kind == "clicks" else "clicks",
            customer_id=ready.customer_id,
            account=ready.account,
            upload_ids=[str(upload_id[0])],
            made_by_name="Alice",
        )
        text = making.content(session, file)
    assert len(text.splitlines()) == 2, "the parameters and the heading"
