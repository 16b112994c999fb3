"""From a provider's message to a lead, a task and the timeline."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import format_datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.attribution.models import Touchpoint
from app.calls.models import CallTombstone
from app.companies.vault import open_vault
from app.core.clock import utc_now
from app.core.events import LEADER
from app.subjects import erasing, restricting
from tests.calls.conftest import CALLER, OUR_NUMBER, Exchange, as_json
from tests.fixtures.application import Owner
from tests.fixtures.people import Person
from tests.leads.conftest import Office


def test_a_caller_becomes_a_lead_with_the_numbers_source(exchange: Exchange, office: Office) -> None:
    assert exchange.twilio(CallStatus="ringing").status_code == 204
    (lead,) = exchange.leads()
    assert (lead.phone_e164, lead.channel) == (CALLER, "Paid Search")
    assert lead.source_words == "Google Ads · Spring roofing"
    with office.serving() as session:
        touch = session.scalars(select(Touchpoint)).one()
    assert (touch.kind, touch.utm["utm_campaign"]) == ("call", "Spring roofing")
    assert OUR_NUMBER in touch.channel_reason
    assert len(office.events(lead.id, "lead.arrived")) == 1


def test_a_missed_call_is_a_task_once(exchange: Exchange, office: Office) -> None:
    for status in ("ringing", "no-answer", "no-answer", "ringing"):
        assert exchange.twilio(CallStatus=status).status_code == 204
    (call,), (lead,), (task,) = exchange.calls(), exchange.leads(), exchange.tasks()
    assert (call.outcome, call.callback_task_id) == ("missed", task.id)
    assert CALLER in task.title
    assert len(office.events(lead.id, "lead.call_missed")) == 1
    assert "Missed call" in office.get("/notifications").text
    assert "nobody picked up" in office.get(f"/leads/{lead.id}").text


def test_the_same_message_at_once_makes_one_lead(exchange: Exchange) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: exchange.twilio(CallStatus="no-answer").status_code, range(24)))
    assert answers == [204] * 24
    assert (len(exchange.calls()), len(exchange.leads()), len(exchange.tasks())) == (1, 1, 1)


def test_a_second_missed_call_joins_and_adds_no_task(exchange: Exchange) -> None:
    exchange.twilio("CA1", CallStatus="no-answer")
    exchange.twilio("CA2", CallStatus="busy")
    assert len(exchange.leads()) == 1
    assert len(exchange.calls()) == 2
    assert len(exchange.tasks()) == 1


def test_calling_back_ends_the_task(exchange: Exchange) -> None:
    exchange.twilio("CA1", CallStatus="no-answer")
    back = {"From": OUR_NUMBER, "To": CALLER, "Direction": "outbound-api"}
    exchange.twilio("CA2", CallStatus="no-answer", **back)
    assert exchange.tasks()[0].done_at is None
    exchange.twilio("CA3", CallStatus="completed", CallDuration="61", **back)
    (task,), (lead,) = exchange.tasks(), exchange.leads()
    assert task.done_at is not None
    assert lead.answered_at is not None


def test_outbound_calls_to_strangers_are_not_kept(exchange: Exchange) -> None:
    answer = exchange.twilio(From=OUR_NUMBER, To="+447700900999", Direction="outbound-api", CallStatus="completed")
    assert answer.status_code == 204
    assert not exchange.calls()
    assert not exchange.leads()


def test_a_leg_that_came_first_keeps_no_strangers_number(exchange: Exchange) -> None:
    exchange.twilio("CA8", CallStatus="ringing", ParentCallSid="CA1", Direction="outbound-dial", To="+447700900555")
    assert len(exchange.calls()) == 1
    to_a_stranger = {"From": OUR_NUMBER, "To": "+447700900999", "Direction": "outbound-api"}
    assert exchange.twilio("CA1", CallStatus="completed", **to_a_stranger).status_code == 204
    assert not exchange.calls()


def test_legs_tell_who_picked_up_in_any_order(exchange: Exchange) -> None:
    """The parent is complete as soon as it was taken by a machine; the telephones behind it rang in vain."""
    leg = {"ParentCallSid": "CA1", "Direction": "outbound-dial", "To": "+447700900555"}
    exchange.twilio("CA8", CallStatus="no-answer", **leg)
    assert not exchange.leads()
    exchange.twilio("CA1", CallStatus="completed", CallDuration="30")
    call = exchange.call()
    assert call
    assert (call.outcome, call.caller, call.seconds) == ("missed", CALLER, 30)
    exchange.twilio("CA9", CallStatus="completed", **leg)
    call = exchange.call()
    assert call
    assert call.outcome == "answered"
    assert exchange.tasks()[0].done_at is not None


def test_a_lead_from_the_website_is_joined(exchange: Exchange, office: Office) -> None:
    lead_id = office.lead("Hannah Clarke", phone="07700 900123", phone_e164=CALLER, channel="Organic Search")
    old = office.lead("Somebody long ago", hours_ago=24 * 100, phone_e164="+447700900777")
    exchange.twilio("CA1", CallStatus="completed")
    exchange.twilio("CA2", CallStatus="completed", From="+447700900777")
    assert exchange.call().lead_id == lead_id  # type: ignore[union-attr]
    assert exchange.call("CA2").lead_id not in (lead_id, old)  # type: ignore[union-attr]
    assert office.read(lead_id).channel == "Organic Search"


def test_who_hides_the_number_becomes_no_lead(exchange: Exchange) -> None:
    exchange.twilio(From="anonymous", CallStatus="no-answer")
    assert not exchange.leads()
    assert exchange.call().outcome == "missed"  # type: ignore[union-attr]


def test_an_erased_lead_does_not_come_back(app: Flask, exchange: Exchange, office: Office) -> None:
    exchange.twilio(CallStatus="completed")
    (lead,) = exchange.leads()
    with office.serving() as session:
        erasing.erase(session, lead.id, reason="asked", actor=LEADER, marker=app.extensions["leader"].marker)
        session.commit()
        assert len(session.scalars(select(CallTombstone)).all()) == 1
    assert exchange.twilio(CallStatus="completed").status_code == 204
    assert not exchange.leads()
    assert not exchange.calls()


def test_an_old_unknown_call_is_left_alone(exchange: Exchange) -> None:
    exchange.twilio(CallStatus="completed", Timestamp=format_datetime(utc_now() - timedelta(days=8)))
    assert not exchange.calls()


def test_a_frozen_lead_is_not_worked_on(exchange: Exchange, office: Office) -> None:
    lead_id = office.lead(phone_e164=CALLER)
    with office.serving() as session:
        restricting.restrict(session, lead_id, actor=LEADER)
        session.commit()
    assert exchange.twilio(CallStatus="no-answer").status_code == 204
    assert exchange.call().lead_id == lead_id  # type: ignore[union-attr]
    assert not exchange.tasks()


def test_of_spam_only_the_call_is_noted(exchange: Exchange, owner: Owner) -> None:
    exchange.twilio(CallStatus="ringing")
    owner.execute("UPDATE leads SET is_spam = true")
    assert exchange.twilio(CallStatus="no-answer").status_code == 204
    assert exchange.call().outcome == "missed"  # type: ignore[union-attr]
    assert not exchange.tasks()


@pytest.mark.parametrize("kind", ["is_spam", "is_test", "is_demo"])
def test_no_caller_vanishes_into_spam_or_a_test(exchange: Exchange, office: Office, kind: str) -> None:
    lead_id = office.lead(phone_e164=CALLER, **{kind: True})
    exchange.twilio(CallStatus="no-answer")
    assert exchange.call().lead_id != lead_id  # type: ignore[union-attr]
    assert len(exchange.tasks()) == 1


def test_a_test_call_joins_tests_only(exchange: Exchange, office: Office) -> None:
    real = office.lead(phone_e164=CALLER)
    for call_id in ("1", "2"):
        assert exchange.generic(id=call_id, status="missed", test=True).status_code == 204
    one, other = exchange.call("1"), exchange.call("2")
    assert one and other
    assert one.lead_id == other.lead_id != real


def test_callrail_and_the_generic_address(exchange: Exchange) -> None:
    body = as_json(id="CAL1", answered=True, customer_phone_number=CALLER, customer_name="Ada", gclid="Cj0abc")
    assert exchange.callrail(body).status_code == 204
    assert exchange.callrail(body).status_code == 204
    assert exchange.generic(status="missed", test=True, **{"from": "+447700900888"}).status_code == 204
    ada, other = exchange.leads()
    assert (ada.name, ada.channel, other.is_test) == ("Ada", "Paid Search", True)


@pytest.mark.parametrize("provider", ["twilio", "generic", "callrail"])
def test_forged_messages_change_nothing(exchange: Exchange, provider: str) -> None:
    wrong = "not-the-secret-0123456789"
    answers = {
        "twilio": lambda: exchange.twilio(token=wrong, CallStatus="no-answer"),
        "generic": lambda: exchange.generic(wrong, status="missed"),
        "callrail": lambda: exchange.callrail(as_json(id="1"), key=wrong),
    }
    assert answers[provider]().status_code == 403
    assert not exchange.calls()
    assert not exchange.leads()


def test_unknown_keys_and_bad_messages(exchange: Exchange) -> None:
    assert exchange.generic(status="?").status_code == 422
    for key in ("0" * 32, "x", "%00", "%ff" * 3):
        exchange.key = key
        assert exchange.generic(status="missed").status_code == 404, key


def test_switched_off(exchange: Exchange, office: Office) -> None:
    assert office.post("/settings/calls/switch", {}).status_code == 303
    assert exchange.twilio(CallStatus="no-answer").status_code == 404
    assert not exchange.calls()


def test_another_companys_secret_opens_nothing(exchange: Exchange, charlie: Person, office_of, app: Flask) -> None:  # type: ignore[no-untyped-def]
    other = Exchange(app, office_of(charlie))
    with other.office.serving() as session:
        from app.calls import providers  # noqa: PLC0415

        providers.make_secret(session, "twilio", open_vault(session, app.extensions["leader"].key_ring))
        session.commit()
    other.key, mine = exchange.key, other.key
    assert other.twilio(CallStatus="no-answer").status_code == 204  # the key decides whose call it is
    other.key = mine
    assert other.twilio(CallStatus="no-answer").status_code == 403
    assert not other.calls()
