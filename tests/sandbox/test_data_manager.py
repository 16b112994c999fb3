"""Conversions, sent by Google's own Data Manager client over REST."""

import datetime as dt
from hashlib import sha256
from typing import Any

import pytest
import requests
from google.ads import datamanager_v1 as dm
from google.ads.datamanager_v1.services.ingestion_service.transports.rest import IngestionServiceRestTransport
from google.ads.datamanager_v1.types.error import ErrorReason
from google.ads.datamanager_v1.types.processing_errors import ProcessingErrorReason
from google.api_core import exceptions
from google.auth.exceptions import RefreshError
from google.oauth2.credentials import Credentials

from sandbox import Practice
from sandbox.datamanager import magic
from sandbox.people import CLICKERS
from sandbox.shop import click_ids
from tests.sandbox.conftest import SCOPES, Connect, get, post
from tests.sandbox.visitor import AGENCY, NEWCOMER

GCLID = click_ids.gclid()
WON, QUALIFIED, WEBPAGE = "7001", "7002", "7003"
Status = dm.RequestStatusPerDestination.RequestStatus


@pytest.fixture
def client(practice: Practice, connect: Connect) -> dm.IngestionServiceClient:
    return client_for(practice, connect())


def client_for(practice: Practice, credentials: Credentials) -> dm.IngestionServiceClient:
    host = practice.http_url.removeprefix("http://")
    transport = IngestionServiceRestTransport(credentials=credentials, host=host, url_scheme="http")
    return dm.IngestionServiceClient(transport=transport)


def destination(account: str = "1234567890", action: str = QUALIFIED, login: str = "") -> dm.Destination:
    ads = dm.ProductAccount.AccountType.GOOGLE_ADS
    return dm.Destination(
        operating_account=dm.ProductAccount(account_type=ads, account_id=account),
        login_account=dm.ProductAccount(account_type=ads, account_id=login or account),
        product_destination_id=action,
    )


def event(transaction_id: str = "t-1", *, gclid: str = GCLID, **values: Any) -> dm.Event:
    fields: dict[str, Any] = {
        "transaction_id": transaction_id,
        "event_timestamp": dt.datetime.now(dt.UTC),
        "ad_identifiers": dm.AdIdentifiers(gclid=gclid) if gclid else None,
        "event_source": dm.EventSource.WEB,
        "currency": "GBP",
        "conversion_value": 250.0,
    }
    return dm.Event({name: value for name, value in (fields | values).items() if value is not None})


def user_data(*emails: str) -> dm.UserData:
    hashes = [sha256(email.encode()).hexdigest() for email in emails]
    return dm.UserData(user_identifiers=[dm.UserIdentifier(email_address=h) for h in hashes])


def ingest(client: dm.IngestionServiceClient, *events: dm.Event, **values: Any) -> str:
    fields = {"destinations": [destination()], "encoding": dm.Encoding.HEX} | values
    request = dm.IngestEventsRequest(events=events, **fields)
    return str(client.ingest_events(request=request, retry=None, timeout=10).request_id)


def verdict(practice: Practice, client: dm.IngestionServiceClient, request_id: str) -> Any:
    """The status once the practice clock has moved past the delay."""
    post(practice, "clock", {"advance_seconds": 31 * 60})
    return status(client, request_id)


def status(client: dm.IngestionServiceClient, request_id: str) -> Any:
    answer = client.retrieve_request_status(request={"request_id": request_id}, retry=None, timeout=10)
    return answer.request_status_per_destination[0]


def reasons(entry: Any) -> dict[str, int]:
    return {count.reason.name: count.record_count for count in entry.error_info.error_counts}


def violations(error: exceptions.GoogleAPICallError) -> list[dict[str, str]]:
    return [v for d in error.details if "fieldViolations" in d for v in d["fieldViolations"]]


def conversions(practice: Practice) -> list[dict[str, Any]]:
    return get(practice, "conversions")["conversions"]  # type: ignore[no-any-return]


def test_a_conversion_is_processed_then_accepted(practice: Practice, client: Any) -> None:
    request_id = ingest(client, event())
    assert status(client, request_id).request_status == Status.PROCESSING
    entry = verdict(practice, client, request_id)
    assert entry.request_status == Status.SUCCESS
    assert entry.events_ingestion_status.record_count == 1
    assert entry.destination.product_destination_id == QUALIFIED
    [counted] = conversions(practice)
    assert (counted["transaction_id"], counted["value"], counted["currency"]) == ("t-1", 250.0, "GBP")
    assert (counted["count"], counted["adjustments"], counted["request_ids"]) == (1, 0, [request_id])


def test_the_same_transaction_again_adjusts_and_never_counts_twice(practice: Practice, client: Any) -> None:
    ids = {ingest(client, event()), ingest(client, event(conversion_value=900.0, currency="EUR"))}
    [counted] = conversions(practice)
    assert (counted["value"], counted["currency"], counted["adjustments"]) == (900.0, "EUR", 1)
    assert set(counted["request_ids"]) == ids
    ingest(client, event(), destinations=[destination(action=WON)])
    assert len(conversions(practice)) == 2  # another action is another conversion


def test_some_rows_can_fail_and_only_their_number_is_told(practice: Practice, client: Any) -> None:
    bad = [event(f"b-{n}", gclid=f"TEST_CLICK_NOT_FOUND_{n}") for n in range(2)]
    entry = verdict(practice, client, ingest(client, event(), *bad, event("b-3", gclid="cj0kcut")))
    assert entry.request_status == Status.PARTIAL_SUCCESS
    assert entry.events_ingestion_status.record_count == 4
    assert reasons(entry) == {
        "PROCESSING_ERROR_REASON_CLICK_NOT_FOUND": 2,
        "PROCESSING_ERROR_REASON_INVALID_GCLID": 1,
    }
    assert len(conversions(practice)) == 1


def test_every_processing_reason_has_its_click_id(practice: Practice, client: Any) -> None:
    names = [name for name in ProcessingErrorReason.__members__ if not name.endswith("_UNSPECIFIED")]
    ids = {}
    for name in names:
        for number, gclid in enumerate((f"TEST_{name}", f"TEST_{magic.short(name)}-{GCLID}")):
            ids[ingest(client, event(f"{number}-{len(ids)}", gclid=gclid))] = name
    post(practice, "clock", {"advance_seconds": 31 * 60})
    for request_id, name in ids.items():
        entry = status(client, request_id)
        assert (entry.request_status, reasons(entry)) == (Status.FAILED, {name: 1})
    assert conversions(practice) == []


def test_every_error_reason_refuses_the_whole_request_at_once(practice: Practice, client: Any) -> None:
    for name in (n for n in ErrorReason.__members__ if not n.endswith("_UNSPECIFIED")):
        gclid = f"TEST_FAST_{name}" if name in magic.PROCESSING_REASONS else f"TEST_{name}"
        with pytest.raises(exceptions.GoogleAPICallError) as caught:
            ingest(client, event(), event("t-2", gclid=gclid))
        if caught.value.code == 400:
            [violation] = violations(caught.value)
            assert violation["field"] == "events.events[1].ad_identifiers.gclid"
            assert violation["reason"] == name
        else:
            assert caught.value.reason == name
    assert get(practice, "requests")["requests"] == []


@pytest.mark.parametrize(
    ("gclid", "error"),
    [
        ("TEST_RATE_LIMIT", exceptions.TooManyRequests),
        ("TEST_UNAVAILABLE", exceptions.ServiceUnavailable),
        ("TEST_INTERNAL", exceptions.InternalServerError),
        ("TEST_CUT", requests.exceptions.ChunkedEncodingError),
    ],
)
def test_special_click_ids(practice: Practice, client: Any, gclid: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        ingest(client, event(gclid=gclid))
    assert len(conversions(practice)) == (1 if gclid == "TEST_CUT" else 0)


def test_a_slow_answer_comes_after_the_work(practice: Practice, client: Any) -> None:
    before = dt.datetime.now()  # noqa: DTZ005 - a duration
    assert ingest(client, event(gclid="TEST_SLOW"))
    assert (dt.datetime.now() - before).total_seconds() > 0.25  # noqa: DTZ005
    assert len(conversions(practice)) == 1


def test_a_dead_token_ends_the_grant(client: Any) -> None:
    with pytest.raises(RefreshError):  # the client meets a 401, refreshes, and is refused
        ingest(client, event(gclid="TEST_TOKEN_DEAD"))


@pytest.mark.parametrize(
    ("fault", "error", "recorded"),
    [
        ("down", requests.ConnectionError, 0),
        ("429", exceptions.TooManyRequests, 0),
        ("500", exceptions.InternalServerError, 0),
        ("cut", requests.exceptions.ChunkedEncodingError, 1),
    ],
)
def test_faults(practice: Practice, client: Any, fault: str, error: type[Exception], recorded: int) -> None:
    post(practice, "faults", {"ingest": fault})
    with pytest.raises(error):
        ingest(client, event())
    assert len(conversions(practice)) == recorded
    post(practice, "faults", {"ingest": "none"})
    assert ingest(client, event())
    assert len(conversions(practice)) == 1


def test_the_status_can_be_down(practice: Practice, client: Any) -> None:
    request_id = ingest(client, event())
    post(practice, "faults", {"status": "down", "ingest": "slow"})
    with pytest.raises(requests.ConnectionError):
        status(client, request_id)
    assert ingest(client, event("t-2"))


NOW = dt.datetime.now(dt.UTC)
TWO_IDS = dm.AdIdentifiers(gclid=GCLID, wbraid=click_ids.wbraid())
NOT_HEX = dm.UserData(user_identifiers=[dm.UserIdentifier(email_address="jane@example.com")])
SHORT = dm.UserData(user_identifiers=[dm.UserIdentifier(phone_number="abcd")])


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"transaction_id": ""}, "transaction_id", "REQUIRED_FIELD_MISSING"),
        ({"transaction_id": "x" * 65}, "transaction_id", "FIELD_VALUE_TOO_LONG"),
        ({"event_timestamp": None}, "event_timestamp", "REQUIRED_FIELD_MISSING"),
        ({"event_timestamp": NOW + dt.timedelta(days=1)}, "event_timestamp", "EVENT_TIME_INVALID"),
        ({"event_source": 0}, "event_source", "REQUIRED_FIELD_MISSING"),
        ({"event_source": 77}, "event_source", "INVALID_ENUM_VALUE"),
        ({"currency": "gbp"}, "currency", "INVALID_CURRENCY_CODE"),
        ({"conversion_value": -1.0}, "conversion_value", "INVALID_NUMBER_FORMAT"),
        ({"conversion_value": float("nan")}, "conversion_value", "INVALID_NUMBER_FORMAT"),
        ({"consent": dm.Consent(ad_user_data=9)}, "consent.ad_user_data", "INVALID_ENUM_VALUE"),
        ({"ad_identifiers": None}, "ad_identifiers", "NO_IDENTIFIERS_PROVIDED"),
        ({"ad_identifiers": TWO_IDS}, "ad_identifiers", "INVALID_ARGUMENT"),
        ({"gclid": "C" * 600}, "ad_identifiers.gclid", "FIELD_VALUE_TOO_LONG"),
        ({"user_data": NOT_HEX}, "user_data.user_identifiers[0].email_address", "INVALID_HEX_ENCODING"),
        ({"user_data": SHORT}, "user_data.user_identifiers[0].phone_number", "INVALID_SHA256_FORMAT"),
        ({"user_data": user_data(*"abcdefghijk")}, "user_data.user_identifiers", "TOO_MANY_USER_IDENTIFIERS"),
        ({"destination_references": ["nobody"]}, "destination_references", "INVALID_DESTINATION"),
    ],
)
def test_one_malformed_row_refuses_the_request(
    practice: Practice, client: Any, change: dict[str, Any], field: str, reason: str
) -> None:
    with pytest.raises(exceptions.BadRequest) as caught:
        ingest(client, event("fine"), event(**change))
    [violation] = violations(caught.value)
    assert (violation["field"], violation["reason"]) == (f"events.events[1].{field}", reason)
    assert conversions(practice) == []


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"destinations": []}, "REQUIRED_FIELD_MISSING"),
        ({"destinations": [destination(action="1")]}, "INVALID_CONVERSION_ACTION_ID"),
        ({"destinations": [destination(action=WEBPAGE)]}, "INVALID_CONVERSION_ACTION_TYPE"),
        ({"destinations": [destination()] * 2}, "DUPLICATE_DESTINATION_REFERENCE"),
        ({"events": []}, "REQUIRED_FIELD_MISSING"),
        ({"events": [event()] * 2001}, "TOO_MANY_EVENTS"),
        ({"events": [event(user_data=user_data("a@b.example"))], "encoding": 0}, "REQUIRED_FIELD_MISSING"),
    ],
)
def test_a_malformed_request_is_refused(client: Any, values: dict[str, Any], reason: str) -> None:
    events = values.pop("events", [event()])
    with pytest.raises(exceptions.BadRequest) as caught:
        ingest(client, *events, **values)
    assert reason in {v["reason"] for v in violations(caught.value)}


def test_contact_data_alone_finds_people_who_clicked(practice: Practice, client: Any) -> None:
    known, unknown = user_data(CLICKERS[0]), user_data("stranger@example.com")
    entry = verdict(practice, client, ingest(client, event(gclid="", user_data=known)))
    assert entry.request_status == Status.SUCCESS
    entry = verdict(practice, client, ingest(client, event("t-2", gclid="", user_data=unknown)))
    assert reasons(entry) == {"PROCESSING_ERROR_REASON_CLICK_NOT_FOUND": 1}


@pytest.mark.parametrize(
    ("change", "action", "reason"),
    [
        ({"ad_identifiers": dm.AdIdentifiers(gbraid="0AAAAA")}, QUALIFIED, "INVALID_GBRAID"),
        ({"ad_identifiers": dm.AdIdentifiers(wbraid="ckak")}, QUALIFIED, "INVALID_WBRAID"),
        ({"ad_identifiers": dm.AdIdentifiers(gbraid=click_ids.gbraid())}, QUALIFIED, ""),
        ({"ad_identifiers": dm.AdIdentifiers(wbraid=click_ids.wbraid())}, QUALIFIED, ""),
        (
            {"ad_identifiers": dm.AdIdentifiers(gbraid=click_ids.gbraid())},
            WON,
            "ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID",
        ),
        ({"consent": dm.Consent(ad_user_data=dm.ConsentStatus.CONSENT_DENIED)}, WON, "DENIED_CONSENT"),
        ({"event_timestamp": NOW - dt.timedelta(days=91)}, WON, "EVENT_TOO_OLD"),
        ({"gclid": GCLID.lower()}, WON, "INVALID_GCLID"),
        ({"gclid": "TEST_NO_SUCH_REASON"}, WON, "INVALID_GCLID"),
        ({"gclid": "TEST_OK_anything"}, WON, ""),
    ],
)
def test_verdicts(practice: Practice, client: Any, change: dict[str, Any], action: str, reason: str) -> None:
    request_id = ingest(client, event(**change), destinations=[destination(action=action)])
    expected = {f"PROCESSING_ERROR_REASON_{reason}": 1} if reason else {}
    assert reasons(verdict(practice, client, request_id)) == expected


def test_validate_only_stores_nothing_and_has_no_status(practice: Practice, client: Any) -> None:
    request_id = ingest(client, event(), validate_only=True)
    assert conversions(practice) == []
    with pytest.raises(exceptions.BadRequest) as caught:
        status(client, request_id)
    assert violations(caught.value)[0]["reason"] == "INVALID_REQUEST_ID"


def test_a_status_is_kept_for_fifty_days(practice: Practice, client: Any) -> None:
    request_id = ingest(client, event())
    post(practice, "clock", {"advance_seconds": 51 * 86_400})
    with pytest.raises(exceptions.BadRequest) as caught:
        status(client, request_id)
    assert violations(caught.value)[0]["reason"] == "REQUEST_TOO_OLD"


def test_who_may_send_where(practice: Practice, connect: Connect) -> None:
    through_manager = {"destinations": [destination("5550002222", "8002", login="5550001111")]}
    directly = {"destinations": [destination("5550002222", "8002")]}
    agency, owner = client_for(practice, connect(AGENCY)), client_for(practice, connect())
    assert ingest(agency, event(), **through_manager)
    for client, values in ((agency, directly), (owner, through_manager), (agency, {})):
        with pytest.raises(exceptions.Forbidden):
            ingest(client, event(), **values)


def test_a_status_belongs_to_its_sender(practice: Practice, connect: Connect, client: Any) -> None:
    request_id = ingest(client, event())
    with pytest.raises(exceptions.BadRequest):
        status(client_for(practice, connect(AGENCY)), request_id)


def test_a_missing_scope_is_forbidden_and_a_bad_token_unauthorised(practice: Practice, connect: Connect) -> None:
    without = client_for(practice, connect(NEWCOMER, untick=(SCOPES[3],)))
    with pytest.raises(exceptions.Forbidden) as caught:
        ingest(without, event())
    assert caught.value.reason == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    url = f"{practice.http_url}/v1/events:ingest"
    answer = requests.post(url, json={}, headers={"Authorization": "Bearer ya29.none"}, timeout=10)
    assert (answer.status_code, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'{"nonsense": 1}', b"[" * 100_000, b'{"events": 5}'])
def test_broken_bodies_are_refused(practice: Practice, connect: Connect, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {connect().token}"}
    answer = requests.post(f"{practice.http_url}/v1/events:ingest", data=body, headers=headers, timeout=10)
    assert answer.status_code == 400
