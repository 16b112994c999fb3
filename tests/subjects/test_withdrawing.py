"""Consent withdrawn: written down once for all leads of the person, and nothing more goes to Google."""

import csv
import io
import re
import uuid
from datetime import date, timedelta
from html import unescape

import pytest
from sqlalchemy import select

from app.capture.models import Consent
from app.conversions import mappings
from app.conversions.mappings import Wish
from app.core.clock import utc_now
from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Actor, Event
from app.leads import corrections
from app.leads.corrections import Details
from app.leads.models import Lead
from app.subjects import restricting, withdrawing
from tests.conversions.conftest import Desk
from tests.fixtures.people import Person

ALICE = Actor(None, "Alice")


def _withdraw(desk: Desk, lead_id: uuid.UUID, on: date | None = None) -> int:
    today = utc_now().date()
    with desk.office.serving() as session:
        number = withdrawing.withdraw(session, lead_id, on or today, today=today, actor=ALICE)
        session.commit()
    return number


def _finish(desk: Desk) -> None:
    for _ in range(2):
        desk.work()
        desk.pass_time()
    desk.work()


def test_it_holds_for_every_lead_of_the_person_and_is_written_once(desk: Desk) -> None:
    first, second = desk.lead(), desk.lead()
    other = desk.lead(email="other@example.org")
    assert _withdraw(desk, first, utc_now().date() - timedelta(days=2)) == 2
    assert _withdraw(desk, second) == 0
    with desk.office.serving() as session:
        found = session.scalars(select(Consent).where(Consent.withdrawn_on.is_not(None))).all()
        assert {row.lead_id for row in found} == {first, second}
        assert {(row.recorded_by_name, row.ad_user_data) for row in found} == {("Alice", "denied")}
        told = session.scalars(select(Event.lead_id).where(Event.type == "lead.consent_withdrawn")).all()
        assert sorted(told) == sorted([first, second])
    desk.move(first)
    desk.move(other)
    assert desk.state(first) == ("skipped", "DENIED_CONSENT")
    assert desk.state(other)[0] == "pending"


def test_what_waits_is_cancelled_and_what_google_has_is_named(desk: Desk) -> None:
    sent = desk.won(email="one@example.org")
    _finish(desk)
    waiting = desk.won(email="two@example.org")
    _withdraw(desk, sent)
    _withdraw(desk, waiting)
    assert desk.state(waiting) == ("skipped", "DENIED_CONSENT")
    steps = [(step.title, step.words) for step in desk.receipt(sent).steps]
    assert steps[0][0] == "Stays at Google" and "cannot be called back" in steps[0][1]
    assert len(desk.counted()) == 1


def test_no_change_is_sent_afterwards_either(desk: Desk) -> None:
    with desk.office.serving() as session:
        mappings.change(session, desk.mapping_id, Wish("250", value_rule="lead"))
        session.commit()
    lead_id = desk.won(value_minor=100_00)
    _finish(desk)
    _withdraw(desk, lead_id)
    with desk.office.serving() as session:
        lead = session.scalars(select(Lead).where(Lead.id == lead_id)).one()
        details = Details(lead.name, lead.email, lead.phone, 900_00)
        corrections.correct(session, lead_id, details, version=lead.version, region="GB", actor=ALICE)
        session.commit()
    desk.move(lead_id, "Contacted")
    _finish(desk)
    assert [(found["count"], found["value"]) for found in desk.counted()] == [(1, 100.0)]
    assert desk.receipt(lead_id).version == 1


def test_what_google_refused_is_not_sent_again(desk: Desk) -> None:
    lead_id = desk.won("TEST_CLICK_NOT_FOUND")
    _finish(desk)
    _withdraw(desk, lead_id)
    assert "Stays at Google" not in [step.title for step in desk.receipt(lead_id).steps]
    desk.office.post(f"/conversions/uploads/{desk.receipt(lead_id).upload_id}/sendings")
    desk.work()
    assert desk.state(lead_id) == ("skipped", "DENIED_CONSENT")


def test_a_frozen_lead_too_and_no_day_that_cannot_be(desk: Desk) -> None:
    lead_id, today = desk.lead(), utc_now().date()
    with desk.office.serving() as session:
        restricting.restrict(session, lead_id, actor=ALICE)
        session.commit()
        for day in (today + timedelta(days=1), date(1, 1, 1)):
            with pytest.raises(InvalidInputError):
                withdrawing.withdraw(session, lead_id, day, today=today, actor=ALICE)
        with pytest.raises(NotFoundError):
            withdrawing.withdraw(session, uuid.uuid4(), today, today=today, actor=ALICE)
    assert _withdraw(desk, lead_id) == 1


def test_the_page(desk: Desk, alice: Person, charlie: Person, viewer: Person) -> None:
    lead_id = desk.won()
    _finish(desk)
    address = f"/leads/{lead_id}/consent/withdrawal"
    assert charlie.client.get(address).status_code == 404
    assert charlie.client.post(address, data={"on": utc_now().date().isoformat()}).status_code == 404
    assert viewer.client.get(address).status_code == 403
    assert address in alice.client.get(f"/leads/{lead_id}").text
    assert "cannot call these back by itself" in alice.client.get(address).text
    for day in ("", "yesterday", "2999-01-01", "0001-01-01"):
        assert alice.client.post(address, data={"on": day}).status_code == 422
    assert alice.client.post(address, data={"on": utc_now().date().isoformat()}).status_code == 303
    page = alice.client.get(f"/leads/{lead_id}").text
    assert "Withdrawn on" in page and "Alice recorded that the person withdrew consent" in page
    assert address not in page


def test_what_google_was_told_of_an_erased_lead_can_be_taken_back_by_file(
    desk: Desk, alice: Person, charlie: Person, viewer: Person
) -> None:
    lead_id = desk.won()
    _finish(desk)
    order_id = desk.receipt(lead_id).transaction_id
    assert alice.client.post(f"/leads/{lead_id}/erasure", data={"reason": "asked"}).status_code == 303
    page = alice.client.get("/settings/erased-leads").text
    address = re.search(r'href="(/settings/erased-leads/google.csv[^"]+)"', page)
    assert address
    lines = list(csv.reader(io.StringIO(alice.client.get(unescape(address[1])).text)))
    assert lines[0] == ["Parameters:TimeZone=+0000"] and lines[1][0] == "Order ID"
    assert [(line[0], line[3]) for line in lines[2:]] == [(order_id, "RETRACT")]
    assert len(charlie.client.get(unescape(address[1])).text.splitlines()) == 2
    assert viewer.client.get(unescape(address[1])).status_code == 403
    desk.owner.execute("ALTER TABLE erasures DISABLE TRIGGER USER")
    desk.owner.execute("UPDATE erasures SET erased_at = now() - interval '60 days'")
    assert "google.csv" not in alice.client.get("/settings/erased-leads").text
