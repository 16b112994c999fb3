"""Accounts and conversion actions, read by Google's own google-ads client over TLS gRPC."""

from typing import Any

import pytest
import requests
from google.ads.googleads.client import GoogleAdsClient
from google.ads.googleads.errors import GoogleAdsException
from google.api_core import exceptions
from google.oauth2.credentials import Credentials

from sandbox import Practice
from tests.sandbox.conftest import SCOPES, Connect, post
from tests.sandbox.visitor import AGENCY, NEWCOMER

ACTIONS = """SELECT conversion_action.resource_name, conversion_action.id, conversion_action.name,
  conversion_action.type, conversion_action.category, conversion_action.counting_type,
  conversion_action.value_settings.default_value FROM conversion_action
  WHERE conversion_action.type = 'UPLOAD_CLICKS' AND conversion_action.status = 'ENABLED'
  ORDER BY conversion_action.id DESC"""
CLIENTS = """SELECT customer_client.id, customer_client.descriptive_name, customer_client.level,
  customer_client.manager FROM customer_client WHERE customer_client.level <= 1"""


def ads(practice: Practice, credentials: Credentials, login: str | None = None) -> GoogleAdsClient:
    return GoogleAdsClient(
        credentials,
        endpoint=practice.grpc_endpoint,
        version="v26",
        use_proto_plus=True,
        login_customer_id=login,
    )


def search(client: GoogleAdsClient, customer_id: str, query: str) -> list[Any]:
    service = client.get_service("GoogleAdsService")
    return list(service.search(customer_id=customer_id, query=query, timeout=10))


def accounts(client: GoogleAdsClient) -> list[str]:
    service = client.get_service("CustomerService")
    return list(service.list_accessible_customers(timeout=10).resource_names)


def error(caught: pytest.ExceptionInfo[GoogleAdsException]) -> str:
    return str(caught.value.failure.errors[0].error_code)


def test_accounts_that_a_person_reaches(practice: Practice, connect: Connect) -> None:
    assert accounts(ads(practice, connect())) == ["customers/1234567890"]
    assert accounts(ads(practice, connect(AGENCY))) == ["customers/5550001111"]
    with pytest.raises(GoogleAdsException) as caught:
        accounts(ads(practice, connect(NEWCOMER)))
    assert "NOT_ADS_USER" in error(caught)


def test_actions_that_can_be_uploaded_to(practice: Practice, connect: Connect) -> None:
    rows = search(ads(practice, connect()), "1234567890", ACTIONS)
    assert [(r.conversion_action.id, r.conversion_action.name) for r in rows] == [
        (7002, "Qualified lead"),
        (7001, "Won job"),
    ]
    assert [r.conversion_action.counting_type.name for r in rows] == ["MANY_PER_CLICK", "ONE_PER_CLICK"]
    assert rows[1].conversion_action.value_settings.default_value == 1500.0
    assert rows[0].conversion_action.owner_customer == ""  # not selected, so not filled


def test_the_account_and_its_stream(practice: Practice, connect: Connect) -> None:
    query = "SELECT customer.id, customer.currency_code, customer.time_zone FROM customer LIMIT 1"
    stream = ads(practice, connect()).get_service("GoogleAdsService")
    [batch] = list(stream.search_stream(customer_id="1234567890", query=query, timeout=10))
    [row] = batch.results
    assert (row.customer.id, row.customer.currency_code) == (1234567890, "GBP")


def test_clients_of_a_manager(practice: Practice, connect: Connect) -> None:
    credentials = connect(AGENCY)
    rows = search(ads(practice, credentials, "5550001111"), "5550001111", CLIENTS)
    assert [(r.customer_client.id, r.customer_client.level) for r in rows] == [
        (5550001111, 0),
        (5550002222, 1),
        (5550003333, 1),
    ]
    assert len(search(ads(practice, credentials, "5550001111"), "5550002222", ACTIONS)) == 2
    with pytest.raises(GoogleAdsException) as caught:
        search(ads(practice, credentials), "5550002222", ACTIONS)  # the login customer is missing
    assert "USER_PERMISSION_DENIED" in error(caught)


def test_other_peoples_accounts_are_closed(practice: Practice, connect: Connect) -> None:
    with pytest.raises(GoogleAdsException) as caught:
        search(ads(practice, connect()), "5550001111", CLIENTS)
    assert "USER_PERMISSION_DENIED" in error(caught)
    assert caught.value.request_id


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("SELECT keyword_view.resource_name FROM keyword_view", "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE"),
        ("SELECT customer.nonsense FROM customer", "UNRECOGNIZED_FIELD"),
        ("SELECT conversion_action.id FROM customer", "UNRECOGNIZED_FIELD"),
        ("DELETE customer", "UNEXPECTED_INPUT"),
        ("SELECT customer.id FROM customer WHERE customer.status = 'NONSENSE'", "BAD_ENUM_CONSTANT"),
        ("SELECT customer.id FROM customer WHERE customer.id = 'abc'", "BAD_VALUE"),
        ("SELECT customer.id FROM customer WHERE customer.id IN 5", "EXPECTED_LIST"),
        ("SELECT customer.id FROM customer WHERE customer.id LIKE 5", "BAD_OPERATOR"),
        ("SELECT customer.id FROM customer WHERE customer.id = 5 OR customer.id = 6", "EXPECTED_AND"),
        ("SELECT customer.id FROM customer LIMIT 0", "BAD_LIMIT_VALUE"),
        ("SELECT customer.id FROM customer ORDER BY 7", "UNEXPECTED_INPUT"),
    ],
)
def test_a_query_it_cannot_answer_is_named(practice: Practice, connect: Connect, query: str, name: str) -> None:
    with pytest.raises(GoogleAdsException) as caught:
        search(ads(practice, connect()), "1234567890", query)
    assert name in error(caught)


def test_lists_and_comparisons(practice: Practice, connect: Connect) -> None:
    client = ads(practice, connect())
    base = "SELECT conversion_action.id FROM conversion_action WHERE conversion_action"
    assert len(search(client, "1234567890", f"{base}.type IN ('UPLOAD_CLICKS', 'WEBPAGE')")) == 3
    assert len(search(client, "1234567890", f"{base}.type NOT IN ('WEBPAGE')")) == 2
    assert len(search(client, "1234567890", f"{base}.id > 7001 AND conversion_action.name != 'x' LIMIT 1")) == 1
    assert len(search(client, "1234567890", f"{base}.primary_for_goal = TRUE")) == 1


def test_a_bad_token_and_a_missing_scope(practice: Practice, connect: Connect) -> None:
    with pytest.raises(GoogleAdsException) as caught:
        accounts(ads(practice, Credentials("ya29.none")))
    assert "OAUTH_TOKEN_INVALID" in error(caught)
    with pytest.raises(exceptions.PermissionDenied, match="insufficient authentication scopes"):
        accounts(ads(practice, connect(untick=(SCOPES[2],))))


def test_a_revoked_grant_closes_the_accounts(practice: Practice, connect: Connect) -> None:
    credentials = connect()
    requests.post(f"{practice.http_url}/revoke", data={"token": credentials.token}, timeout=10)
    with pytest.raises(GoogleAdsException):
        accounts(ads(practice, credentials))


def test_the_ads_fault(practice: Practice, connect: Connect) -> None:
    client = ads(practice, connect())
    post(practice, "faults", {"ads": "down"})
    with pytest.raises(exceptions.ServiceUnavailable):
        accounts(client)


FULL_QUERIES = {
    "customer": "id descriptive_name currency_code time_zone status manager test_account auto_tagging_enabled"
    " final_url_suffix tracking_url_template conversion_tracking_setting.conversion_tracking_status"
    " conversion_tracking_setting.google_ads_conversion_customer"
    " conversion_tracking_setting.accepted_customer_data_terms conversion_tracking_setting.enablement_setting"
    " conversion_tracking_setting.effective_enablement_setting call_reporting_setting.call_reporting_enabled"
    " call_reporting_setting.call_conversion_reporting_enabled"
    " customer_agreement_setting.accepted_lead_form_terms",
    "customer_client": "client_customer id descriptive_name level manager hidden status test_account"
    " currency_code time_zone",
    "conversion_action": "resource_name id name type category status owner_customer primary_for_goal"
    " counting_type click_through_lookback_window_days value_settings.default_value"
    " value_settings.default_currency_code value_settings.always_use_default_value"
    " attribution_model_settings.attribution_model",
}


@pytest.mark.parametrize("resource", FULL_QUERIES)
def test_every_field_it_promises_can_be_selected(practice: Practice, connect: Connect, resource: str) -> None:
    fields = ", ".join(f"{resource}.{name}" for name in FULL_QUERIES[resource].split())
    rows = search(ads(practice, connect()), "1234567890", f"SELECT {fields} FROM {resource}")  # noqa: S608 - no database
    assert rows and all(getattr(row, resource).resource_name for row in rows)
