"""The pages: table, settings, and who may do what."""

import uuid

import pytest
from flask import Flask

from app.core.pagination import PAGE_SIZE
from tests.calls.conftest import CALLER, OUR_NUMBER, Exchange
from tests.fixtures.application import Owner
from tests.fixtures.people import Person
from tests.leads.conftest import Office, OfficeOf


def test_the_table_and_its_filter(exchange: Exchange, office: Office) -> None:
    exchange.twilio("CA1", CallStatus="no-answer")
    exchange.twilio("CA2", CallStatus="completed", CallDuration="75", From="+447700900555")
    page = office.get("/calls").text
    assert f"tel:{CALLER}" in page
    assert "1:15" in page
    missed = office.partial("/calls?outcome=missed").text
    assert CALLER in missed
    assert "+447700900555" not in missed
    assert missed.lstrip().startswith("<section")
    assert office.get("/calls?outcome=strange").status_code == 200
    assert office.get("/calls?after=strange").status_code == 422


def test_pages_follow_each_other(exchange: Exchange, office: Office) -> None:
    for number in range(PAGE_SIZE + 1):
        exchange.generic(id=str(number), status="missed", **{"from": f"+4477009{number:05}"})
    first = office.get("/calls").text
    address = next(part for part in first.split('"') if part.startswith("/calls?after="))
    second = office.get(address.replace("&amp;", "&")).text
    assert first.count("cell-title") == PAGE_SIZE
    assert second.count("cell-title") == 1


def test_nobody_sees_another_companys_calls(exchange: Exchange, charlie: Person) -> None:
    exchange.twilio(CallStatus="no-answer")
    assert CALLER not in charlie.client.get("/calls").text
    assert exchange.key not in charlie.client.get("/settings/calls").text


def test_off_until_the_owner_switches_it_on(office: Office, owner: Owner) -> None:
    assert "Calls are off" in office.get("/calls").text
    assert "/hooks/calls/" not in office.get("/settings/calls").text
    assert office.post("/settings/calls/switch", {"is_on": "y"}).status_code == 303
    assert "/hooks/calls/" in office.get("/settings/calls").text
    assert "No calls yet" in office.get("/calls").text
    owner.execute("UPDATE members SET role = 'admin' WHERE user_id = %s", (office.person.user_id,))
    assert office.post("/settings/calls/switch", {}).status_code == 403
    owner.execute("UPDATE members SET role = 'member' WHERE user_id = %s", (office.person.user_id,))
    assert office.get("/settings/calls").status_code == 403
    assert office.get("/calls").status_code == 200


def test_secrets_are_sealed_and_never_shown_again(exchange: Exchange, office: Office, owner: Owner) -> None:
    secret = "another-token-0123456789abcdef"
    assert office.post("/settings/calls/providers/twilio", {"twilio": secret}).status_code == 303
    assert secret not in office.get("/settings/calls").text
    rows = owner.execute("SELECT sealed_secret FROM call_providers").fetchall()
    assert rows
    assert not [row for row in rows if secret in row[0]]
    assert exchange.twilio(token=secret, CallStatus="ringing").status_code == 204
    assert office.post("/settings/calls/providers/twilio", {"twilio": "short"}).status_code == 422
    assert office.post("/settings/calls/providers/other", {"other": secret}).status_code == 404


def test_a_made_secret_is_shown_once_and_works(exchange: Exchange, office: Office) -> None:
    page = office.post("/settings/calls/secrets", {}).text
    secret = page.split('id="new-secret">')[1].split("<")[0]
    assert exchange.generic(secret, status="missed").status_code == 204
    assert exchange.generic(status="missed").status_code == 403
    assert secret not in office.get("/settings/calls").text


@pytest.mark.parametrize(
    ("number", "source"),
    [("", "x"), ("12", "x"), ("+442079460019", " "), (OUR_NUMBER, "twice"), ("\x00" * 50, "\ud800")],
)
def test_a_number_that_is_none(exchange: Exchange, office: Office, number: str, source: str) -> None:
    answer = office.post(
        "/settings/calls/numbers", {"number": number, "source": source.encode("utf-8", "replace").decode()}
    )
    assert answer.status_code == 422
    assert "error-summary" in answer.text


def test_numbers_come_and_go(exchange: Exchange, office: Office, office_of: OfficeOf, charlie: Person) -> None:
    given = {"number": "020 7946 0020", "source": "Van lettering"}
    assert office.post("/settings/calls/numbers", given).status_code == 303
    page = office.get("/settings/calls").text
    assert "+442079460020" in page
    address = page.split("+442079460020")[1].split('action="')[1].split('"')[0]
    assert office_of(charlie).post(address, {}).status_code == 404
    assert office.post(address, {}).status_code == 303
    assert office.post(f"/settings/calls/numbers/{uuid.uuid4()}/removals", {}).status_code == 404


def test_the_lead_page_shows_its_calls(exchange: Exchange, office: Office, app: Flask) -> None:
    exchange.twilio(CallStatus="completed", CallDuration="75")
    (lead,) = exchange.leads()
    page = office.get(f"/leads/{lead.id}").text
    assert 'id="calls"' in page
    assert "somebody spoke with them" in page
    assert 'id="calls"' not in office.get(f"/leads/{office.lead('No caller')}").text
