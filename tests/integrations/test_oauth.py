"""Google's OAuth through Google's own Flow, against the practice Google."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from app.core.clock import utc_now
from app.core.config import Settings
from app.core.errors import PermanentError, RetryableError
from app.integrations.google import oauth
from app.integrations.google.oauth_errors import ConsentEndedError
from sandbox import Practice
from tests.sandbox.visitor import OWNER, consent

BACK = "http://127.0.0.1:8000/connections/callback"


def _connect(settings: Settings, *, untick: tuple[str, ...] = (), decision: str = "allow") -> oauth.Grant:
    trip = oauth.authorization(settings, BACK)
    answer = consent(trip.url, OWNER, untick=untick, decision=decision)
    return oauth.exchange(settings, BACK, answer_url=answer, state=trip.state, code_verifier=trip.code_verifier)


def _fault(google: Practice, **faults: str) -> None:
    requests.post(f"{google.http_url}/practice/api/faults", json=faults, timeout=10)


def test_the_trip_asks_for_what_it_should(settings: Settings) -> None:
    trip = oauth.authorization(settings, BACK)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(trip.url).query).items()}
    assert asked["access_type"] == "offline"
    assert asked["prompt"] == "consent"
    assert asked["include_granted_scopes"] == "false"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == BACK
    assert set(asked["scope"].split()) == set(oauth.SCOPES)
    assert asked["state"] == trip.state
    assert trip.code_verifier not in trip.url


def test_no_secret_is_printed(settings: Settings) -> None:
    trip = oauth.authorization(settings, BACK)
    assert trip.code_verifier not in repr(trip)
    grant = _connect(settings)
    assert grant.refresh_token not in repr(grant)
    assert grant.access.token not in repr(grant)


def test_a_whole_grant(settings: Settings) -> None:
    grant = _connect(settings)
    assert (grant.subject, grant.email) == (OWNER, "olivia@northgate.example")
    assert set(grant.scopes) == set(oauth.SCOPES)
    assert timedelta(minutes=50) < grant.access.expires_at - utc_now() < timedelta(minutes=61)


@pytest.mark.parametrize(
    ("left_out", "words"),
    [
        (oauth.ADS, "to see your Google Ads accounts"),
        (oauth.DATA_MANAGER, "to send your won sales to Google Ads"),
    ],
)
def test_a_partial_grant_names_what_is_missing(settings: Settings, left_out: str, words: str) -> None:
    with pytest.raises(PermanentError, match=words) as caught:
        _connect(settings, untick=(left_out,))
    assert caught.value.reason == "partial_grant"


def test_cancelling(settings: Settings) -> None:
    with pytest.raises(PermanentError, match="You cancelled at Google"):
        _connect(settings, decision="cancel")


def test_a_foreign_state_or_code_or_verifier(settings: Settings) -> None:
    trip = oauth.authorization(settings, BACK)
    answer = consent(trip.url, OWNER)
    with pytest.raises(PermanentError) as caught:
        oauth.exchange(settings, BACK, answer_url=answer, state="another", code_verifier=trip.code_verifier)
    assert caught.value.reason == "mismatching_state"
    with pytest.raises(PermanentError) as caught:
        oauth.exchange(settings, BACK, answer_url=answer, state=trip.state, code_verifier="v" * 64)
    assert caught.value.reason == "invalid_grant"
    with pytest.raises(PermanentError) as caught:
        answer = f"{BACK}?state={trip.state}"
        oauth.exchange(settings, BACK, answer_url=answer, state=trip.state, code_verifier=trip.code_verifier)
    assert caught.value.reason == "missing_code"


def test_google_down(settings: Settings, google: Practice) -> None:
    grant = _connect(settings)
    trip = oauth.authorization(settings, BACK)
    answer = consent(trip.url, OWNER)
    _fault(google, token="down", revoke="down")
    with pytest.raises(RetryableError):
        oauth.exchange(settings, BACK, answer_url=answer, state=trip.state, code_verifier=trip.code_verifier)
    with pytest.raises(RetryableError):
        oauth.refresh(settings, grant.refresh_token)
    with pytest.raises(RetryableError):
        oauth.revoke(settings, grant.refresh_token)


def test_refresh_then_revoke(settings: Settings) -> None:
    grant = _connect(settings)
    access = oauth.refresh(settings, grant.refresh_token)
    assert access.token != grant.access.token
    first, second = oauth.revoke(settings, grant.refresh_token), oauth.revoke(settings, grant.refresh_token)
    assert (first.status, first.is_confirmed) == (200, True)
    assert (second.status, second.is_confirmed) == (400, True)
    with pytest.raises(ConsentEndedError) as caught:
        oauth.refresh(settings, grant.refresh_token)
    assert caught.value.reason == "invalid_grant"


def test_a_wrong_registration_is_the_operators_matter(settings: Settings) -> None:
    grant = _connect(settings)
    wrong = settings.model_copy(update={"google_client_secret": "wrong"})
    with pytest.raises(RetryableError) as caught:
        oauth.refresh(wrong, grant.refresh_token)
    assert caught.value.reason == "invalid_client"
    with pytest.raises(PermanentError, match="registered"):
        oauth.authorization(settings.model_copy(update={"google_client_id": ""}), BACK)


def test_plain_http_is_for_the_practice_google_alone(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    production = settings.model_copy(update={"leader_env": "production"})
    back = "https://leader.example/connections/callback"
    with pytest.raises(RetryableError, match="Nothing was saved") as caught:
        oauth.exchange(production, back, answer_url=f"{back}?state=s&code=x", state="s", code_verifier="v" * 64)
    assert caught.value.reason == "insecure_transport"
