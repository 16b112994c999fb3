"""The address that other programs call: kept first, taken in once, read again, and closed to strangers."""

import json
import re
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from app.capture import jobs
from app.capture.models import InboxItem
from app.core import tenancy
from app.leads.models import Lead
from tests.capture.conftest import fresh_address
from tests.capture.test_lead_forms import LEAD
from tests.fixtures.application import NewSession, Owner
from tests.fixtures.people import Person

NESTED = {"contact": {"mail": "j@example.com", "name": "Jane"}, "token": "t-secret"}


def send(person: Person, address: str, body: object, **kwargs: Any) -> TestResponse:
    client = person.client.application.test_client()
    client.environ_base["REMOTE_ADDR"] = fresh_address()
    kwargs.setdefault("data", body if isinstance(body, str | bytes) else json.dumps(body))
    kwargs.setdefault("content_type", "application/json")
    answer: TestResponse = client.post(address, csrf=False, **kwargs)  # type: ignore[call-arg] # of our test client
    with person.client.application.app_context():
        jobs.take_in_waiting()
    return answer


def path_in(page: str) -> str:
    found = re.search(r"/hooks/leads/h[0-9a-f]{32}", page)
    assert found
    return found[0]


def lead_form(person: Person) -> tuple[str, str]:
    """(address, key), as the owner copies them."""
    page = person.client.post("/website/lead_form/keys", data={}).text
    key = re.search(r"[A-Za-z0-9_-]{43}(?=[\"<])", page.partition("Paste this as the key")[2])
    assert key
    return path_in(page), key[0]


def leads(person: Person, new_session: NewSession) -> list[Lead]:
    with new_session() as session:
        tenancy.serve(session, person.company_id)
        return list(session.scalars(select(Lead).order_by(Lead.id)))


def test_a_lead_form_makes_one_lead_of_two_deliveries(alice: Person, new_session: NewSession, owner: Owner) -> None:
    address, key = lead_form(alice)
    body = LEAD | {"google_key": key}
    for _ in range(2):
        answer = send(alice, address, body)
        assert (answer.status_code, answer.json) == (200, {})
    (lead,) = leads(alice, new_session)
    assert (lead.name, lead.channel, lead.is_test) == ("Jane Doe", "Paid Search", False)
    assert "Which roof?: The flat one" in lead.message
    bodies = owner.execute("SELECT body FROM inbox_items").fetchall()
    assert len(bodies) == 1 and key.encode() not in bytes(bodies[0][0])
    page = alice.client.get("/website/google-lead-form").text
    assert "Became a lead" in page and f"/leads/{lead.id}" in page and key not in page


def test_googles_test_data_is_a_test_each_time(alice: Person, new_session: NewSession) -> None:
    address, key = lead_form(alice)
    for _ in range(2):
        assert send(alice, address, LEAD | {"google_key": key, "is_test": True}).status_code == 200
    assert [lead.is_test for lead in leads(alice, new_session)] == [True, True]


def test_a_wrong_key_keeps_nothing(alice: Person, owner: Owner) -> None:
    address, key = lead_form(alice)
    assert send(alice, address, LEAD).status_code == 403
    assert send(alice, address, {name: LEAD[name] for name in LEAD if name != "google_key"}).status_code == 403
    _address, renewed = lead_form(alice)
    assert send(alice, address, LEAD | {"google_key": key}).status_code == 403
    assert send(alice, address, LEAD | {"google_key": renewed}).status_code == 200
    assert owner.execute("SELECT count(*) FROM inbox_items").fetchone() == (1,)


def test_a_webhook_waits_for_its_mapping(alice: Person, new_session: NewSession) -> None:
    address = path_in(alice.client.post("/website/webhook/keys", data={}).text)
    assert send(alice, address, NESTED, headers={"Webhook-Id": "m-1"}).status_code == 200
    assert send(alice, address, NESTED, headers={"Webhook-Id": "m-1"}).status_code == 200
    assert leads(alice, new_session) == []
    page = alice.client.get("/website/webhook").text
    assert "1 message waits" in page and "contact.mail" in page and "t-secret" not in page
    chosen = {"path": ["contact.mail", "contact.name", "token"], "part": ["email", "name", "nonsense"]}
    assert alice.client.post("/website/webhook/mapping", data=chosen).status_code == 303
    with alice.client.application.app_context():
        jobs.take_in_waiting()
    (lead,) = leads(alice, new_session)
    assert (lead.name, lead.email) == ("Jane", "j@example.com")
    assert send(alice, address, {"contact": {"mail": "k@example.com"}}).status_code == 200
    assert len(leads(alice, new_session)) == 2
    assert "Became a lead" in alice.client.get("/website/webhook").text


def test_a_form_is_a_flat_message(alice: Person, new_session: NewSession) -> None:
    address = path_in(alice.client.post("/website/webhook/keys", data={}).text)
    alice.client.post("/website/webhook/mapping", data={"path": ["mail"], "part": ["email"]})
    form = "application/x-www-form-urlencoded"
    assert send(alice, address, "mail=j%40example.com&x=1", content_type=form).status_code == 200
    assert [lead.email for lead in leads(alice, new_session)] == ["j@example.com"]


def test_a_message_that_makes_no_lead_is_kept_and_said(alice: Person, new_session: NewSession) -> None:
    address = path_in(alice.client.post("/website/webhook/keys", data={}).text)
    alice.client.post("/website/webhook/mapping", data={"path": ["mail"], "part": ["email"]})
    assert send(alice, address, {"mail": "nothing"}).status_code == 200
    assert "no e-mail address or phone number where you said" in alice.client.get("/website/webhook").text
    assert alice.client.post("/website/webhook/replays", data={}).status_code == 303
    with new_session() as session:
        tenancy.serve(session, alice.company_id)
        assert session.scalars(select(InboxItem)).one().taken_in_at is None


def test_bad_messages_are_refused_with_a_sentence(alice: Person, owner: Owner) -> None:
    address = path_in(alice.client.post("/website/webhook/keys", data={}).text)
    form, key = lead_form(alice)
    website = owner.execute("SELECT site_key FROM capture_sources WHERE kind = 'website' LIMIT 1").fetchone()
    assert website
    refused: list[tuple[str, object, int]] = [
        (address, "[]", 400),
        (address, "{", 400),
        (address, "[" * 100_000, 413),
        (address, b"\xff\xfe", 400),
        (form, "{}", 403),
        (form, {"google_key": key}, 422),
        ("/hooks/leads/h" + "0" * 32, "{}", 404),
        (form.replace("/hooks/leads/", "/c/"), {"fields": {"email": "a@example.com"}}, 404),
        ("/hooks/leads/x", "{}", 404),
        (f"/hooks/leads/{website[0]}", "{}", 404),
    ]
    for where, body, status in refused:
        answer = send(alice, where, body)
        assert answer.status_code == status, (where, body)
    assert alice.client.get(form.replace("/hooks/leads/", "/f/")).status_code == 404, "the form asks for no key"
    assert owner.execute("SELECT count(*) FROM inbox_items").fetchone() == (0,)


def test_each_company_has_its_own(alice: Person, charlie: Person, viewer: Person) -> None:
    own = path_in(alice.client.post("/website/webhook/keys", data={}).text)
    assert "Make the address" in charlie.client.get("/website/webhook").text
    assert charlie.client.post("/website/webhook/replays", data={}).status_code == 404
    assert path_in(charlie.client.post("/website/webhook/keys", data={}).text) != own
    assert viewer.client.get("/website/webhook").status_code == 403
    assert viewer.client.post("/website/webhook/keys", data={}).status_code == 403
