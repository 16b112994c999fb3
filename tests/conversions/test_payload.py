"""The frozen request, checked by Google's own message classes."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from google.ads.datamanager_v1.types import IngestEventsRequest
from google.protobuf import json_format

from app.conversions.eligibility import Identifiers
from app.conversions.payload import Destination, Occurrence, build

DESTINATION = Destination("1111111111", "2222222222", "987654321")
OCCURRENCE = Occurrence(
    transaction_id="0193f7c2a1b2",
    at=datetime(2026, 10, 25, 1, 30, tzinfo=timezone(timedelta(hours=1))),
    value=Decimal("1250.50"),
    currency="GBP",
    ad_user_data="granted",
    ad_personalization="unknown",
)


def test_google_reads_what_was_meant() -> None:
    payload = build(DESTINATION, OCCURRENCE, Identifiers(("gclid", "Cj0"), "a" * 64, "b" * 64))
    message = IngestEventsRequest.wrap(json_format.ParseDict(payload, IngestEventsRequest.pb()()))
    event = message.events[0]
    assert len(message.events) == len(message.destinations) == 1
    assert message.destinations[0].operating_account.account_id == "2222222222"
    assert message.destinations[0].login_account.account_id == "1111111111"
    assert message.destinations[0].product_destination_id == "987654321"
    assert event.event_timestamp == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert (event.conversion_value, event.currency) == (1250.5, "GBP")
    assert event.ad_identifiers.gclid == "Cj0"
    assert [i.email_address or i.phone_number for i in event.user_data.user_identifiers] == ["a" * 64, "b" * 64]
    assert event.consent.ad_user_data.name == "CONSENT_GRANTED"
    assert event.consent.ad_personalization.name == "CONSENT_STATUS_UNSPECIFIED"


def test_what_is_not_there_is_not_sent() -> None:
    event = build(DESTINATION, OCCURRENCE, Identifiers(("wbraid", "w"), None, None))["events"][0]
    assert event["adIdentifiers"] == {"wbraid": "w"}
    assert "userData" not in event
    only_data = build(DESTINATION, OCCURRENCE, Identifiers(None, "a" * 64, None))["events"][0]
    assert "adIdentifiers" not in only_data
