"""The Google Ads API through Google's own client, over TLS, against the practice Google."""

import subprocess
import sys
from dataclasses import replace

import pytest
import requests
from google.oauth2.credentials import Credentials

from app.core.config import Settings
from app.core.errors import PermanentError, RetryableError
from app.integrations.google import oauth
from app.integrations.google.google_ads import Account, AdsReader, dashed
from app.integrations.google.google_ads_errors import TokenRefusedError
from sandbox import Practice
from tests.integrations.test_oauth import BACK
from tests.sandbox.visitor import AGENCY, NEWCOMER, OWNER, consent


def _reader(settings: Settings, person: str) -> AdsReader:
    trip = oauth.authorization(settings, BACK)
    answer = consent(trip.url, person)
    grant = oauth.exchange(settings, BACK, answer_url=answer, state=trip.state, code_verifier=trip.code_verifier)
    return AdsReader(settings, Credentials(grant.access.token))


def test_an_account_of_ones_own(settings: Settings) -> None:
    reader = _reader(settings, OWNER)
    (account,) = reader.list_accounts()
    assert account == Account("1234567890", "1234567890", "1234567890", "Northgate Roofing", "GBP", "Europe/London")
    set_up = replace(
        account,
        auto_tagging=True,
        accepted_terms=True,
        enhanced_conversions=True,
        tracking_status="CONVERSION_TRACKING_MANAGED_BY_SELF",
    )
    assert reader.find_owner(account) == set_up
    actions = reader.list_conversion_actions(account)
    assert [(action.name, action.counting_type) for action in actions] == [
        ("Won job", "ONE_PER_CLICK"),
        ("Qualified lead", "MANY_PER_CLICK"),
    ]
    assert (actions[0].google_id, actions[0].category, actions[0].click_window_days) == (
        "7001",
        "CONVERTED_LEAD",
        90,
    )


def test_clients_of_a_manager_are_reached_through_it(settings: Settings) -> None:
    reader = _reader(settings, AGENCY)
    accounts = reader.list_accounts()
    assert [(account.name, account.login_customer_id) for account in accounts] == [
        ("Hilltop Plumbing", "5550001111"),
        ("Riverside Dental", "5550001111"),
    ]
    owned = reader.find_owner(accounts[0])
    assert owned.conversion_customer_id == "5550002222"
    assert len(reader.list_conversion_actions(owned)) == 2


def test_a_login_without_ad_accounts(settings: Settings) -> None:
    with pytest.raises(PermanentError, match="no Google Ads account") as caught:
        _reader(settings, NEWCOMER).list_accounts()
    assert caught.value.reason == "NOT_ADS_USER"


def test_one_closed_account_does_not_hide_the_others(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = _reader(settings, OWNER)
    reachable = reader._accessible()
    monkeypatch.setattr(reader, "_accessible", lambda: ["5550003333", *reachable])  # not this person's: refused
    assert [account.name for account in reader.list_accounts()] == ["Northgate Roofing"]


def test_a_dead_token_and_a_dead_server(settings: Settings, google: Practice) -> None:
    with pytest.raises(TokenRefusedError):
        AdsReader(settings, Credentials("ya29.dead")).list_accounts()
    requests.post(f"{google.http_url}/practice/api/faults", json={"ads": "down"}, timeout=10)
    with pytest.raises(RetryableError) as caught:
        _reader(settings, OWNER).list_accounts()
    assert caught.value.reason == "UNAVAILABLE"


def test_the_web_process_does_not_load_the_package() -> None:
    program = "import sys, app.factory; sys.exit('google.ads.googleads' in sys.modules or 'grpc' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


def test_customer_ids_as_google_shows_them() -> None:
    assert dashed("1234567890") == "123-456-7890"
