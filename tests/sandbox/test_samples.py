"""Google's public samples, as they stand in its guides, run against the practice Google: only the endpoint is changed.

`ingest_events` follows the sample of the Data Manager guide for offline conversions, `list_accessible_customers` the
one of the Google Ads guide, `upload` that for offline conversions of the Google Ads API: same calls, same classes.
"""

import datetime as dt
import hashlib
import uuid
from typing import Any

from google.ads import datamanager_v1
from google.ads.datamanager_v1.services.ingestion_service.transports.rest import IngestionServiceRestTransport
from google.ads.googleads.client import GoogleAdsClient
from google.oauth2.credentials import Credentials
from google.protobuf.timestamp_pb2 import Timestamp

from sandbox import Practice
from tests.sandbox.conftest import Connect, get
from tests.sandbox.test_google_ads import ads

CUSTOMER_ID, CONVERSION_ACTION_ID = "1234567890", "7002"
GCLID = "Cj0KCQ" + "a" * 40


def ingest_events(client: Any) -> str:
    operating_account = datamanager_v1.ProductAccount()
    operating_account.account_type = datamanager_v1.ProductAccount.AccountType.GOOGLE_ADS
    operating_account.account_id = CUSTOMER_ID
    destination = datamanager_v1.Destination()
    destination.operating_account = operating_account
    destination.login_account = operating_account
    destination.product_destination_id = CONVERSION_ACTION_ID

    event = datamanager_v1.Event()
    event.ad_identifiers = datamanager_v1.AdIdentifiers(gclid=GCLID)
    timestamp = Timestamp()
    timestamp.FromDatetime(dt.datetime.now(dt.UTC))
    event.event_timestamp = timestamp
    event.transaction_id = uuid.uuid4().hex
    event.event_source = datamanager_v1.EventSource.WEB
    event.conversion_value, event.currency = 30.03, "USD"
    user_data = datamanager_v1.UserData()
    identifier = datamanager_v1.UserIdentifier()
    identifier.email_address = hashlib.sha256(b"dana@example.com").hexdigest()
    user_data.user_identifiers.append(identifier)
    event.user_data = user_data
    event.consent = datamanager_v1.Consent(ad_user_data=datamanager_v1.ConsentStatus.CONSENT_GRANTED)

    request = datamanager_v1.IngestEventsRequest()
    request.destinations.append(destination)
    request.events.append(event)
    request.encoding = datamanager_v1.Encoding.HEX
    return str(client.ingest_events(request=request).request_id)


def list_accessible_customers(client: GoogleAdsClient) -> list[str]:
    customer_service = client.get_service("CustomerService")
    accessible_customers = customer_service.list_accessible_customers()
    return list(accessible_customers.resource_names)


def upload(client: GoogleAdsClient, order_id: str) -> Any:
    click_conversion = client.get_type("ClickConversion")
    conversion_action_service = client.get_service("ConversionActionService")
    click_conversion.conversion_action = conversion_action_service.conversion_action_path(
        CUSTOMER_ID, CONVERSION_ACTION_ID
    )
    click_conversion.gclid = GCLID
    click_conversion.conversion_value = 30.03
    click_conversion.conversion_date_time = "2026-11-24 12:32:45-08:00"
    click_conversion.currency_code = "USD"
    click_conversion.order_id = order_id
    click_conversion.consent.ad_user_data = client.enums.ConsentStatusEnum["GRANTED"]

    conversion_upload_service = client.get_service("ConversionUploadService")
    request = client.get_type("UploadClickConversionsRequest")
    request.customer_id = CUSTOMER_ID
    request.conversions.append(click_conversion)
    request.partial_failure = True
    return conversion_upload_service.upload_click_conversions(request=request)


def rest(practice: Practice, credentials: Credentials) -> Any:
    host = practice.http_url.removeprefix("http://")
    transport = IngestionServiceRestTransport(credentials=credentials, host=host, url_scheme="http")
    return datamanager_v1.IngestionServiceClient(transport=transport)


def test_ingest_events(practice: Practice, connect: Connect) -> None:
    assert ingest_events(rest(practice, connect()))
    (counted,) = get(practice, "conversions")["conversions"]
    assert (counted["click_id"], counted["value"], counted["currency"]) == (GCLID, 30.03, "USD")


def test_list_accessible_customers(practice: Practice, connect: Connect) -> None:
    assert list_accessible_customers(ads(practice, connect())) == [f"customers/{CUSTOMER_ID}"]


def test_upload_offline_conversions(practice: Practice, connect: Connect) -> None:
    client = ads(practice, connect())
    answer = upload(client, "order-1")
    assert answer.results[0].gclid == GCLID and not answer.partial_failure_error.details
    again = upload(client, "order-1")
    failure = type(client.get_type("GoogleAdsFailure"))
    (error,) = failure.deserialize(again.partial_failure_error.details[0].value).errors
    assert error.error_code.conversion_upload_error.name == "ORDER_ID_ALREADY_IN_USE"
    assert error.location.field_path_elements[0].index == 0
    assert len(get(practice, "conversions")["conversions"]) == 1
