"""The sign-in, driven by Google's own Flow: PKCE, partial consent, refresh and revocation."""

import pytest
import requests
from google.auth.exceptions import RefreshError, TransportError
from google.auth.transport.requests import Request
from google.oauth2 import id_token
from oauthlib.oauth2.rfc6749.errors import AccessDeniedError, InvalidGrantError

from sandbox import Practice
from tests.sandbox.conftest import CALLBACK, SCOPES, Connect, flow, get, post
from tests.sandbox.visitor import NEWCOMER, OWNER, consent

ADS, DATA_MANAGER = SCOPES[2:]


def revoke(practice: Practice, token: str | None) -> requests.Response:
    return requests.post(f"{practice.http_url}/revoke", data={"token": token}, timeout=10)


def test_a_connection_gets_both_tokens_and_knows_the_person(practice: Practice, connect: Connect) -> None:
    credentials = connect()
    assert set(credentials.granted_scopes) == set(SCOPES)
    assert credentials.refresh_token
    headers = {"Authorization": f"Bearer {credentials.token}"}
    person = requests.get(f"{practice.http_url}/oauth2/v3/userinfo", headers=headers, timeout=10).json()
    assert person == {"sub": OWNER, "email": "olivia@northgate.example", "email_verified": True}


def test_the_id_token_is_signed_with_the_published_key(practice: Practice, connect: Connect) -> None:
    claims = id_token.verify_token(
        connect().id_token, Request(), practice.settings.client_id, f"{practice.http_url}/oauth2/v1/certs"
    )
    assert claims["sub"] == OWNER
    assert claims["iss"] == practice.http_url


def test_a_code_needs_its_verifier_and_works_once(practice: Practice) -> None:
    steps = flow(practice)
    url, state = steps.authorization_url(access_type="offline", prompt="consent")
    answer = consent(url)
    forgetful = flow(practice, state=state, autogenerate_code_verifier=False)
    with pytest.raises(InvalidGrantError, match="Missing code verifier"):
        forgetful.fetch_token(authorization_response=answer)
    with pytest.raises(InvalidGrantError, match="Malformed auth code"):
        steps.fetch_token(authorization_response=answer)


def test_a_scope_can_be_left_out(connect: Connect) -> None:
    assert DATA_MANAGER not in connect(untick=(DATA_MANAGER,)).granted_scopes


def test_cancel_sends_access_denied(practice: Practice) -> None:
    steps = flow(practice)
    url, _state = steps.authorization_url()
    with pytest.raises(AccessDeniedError):
        steps.fetch_token(authorization_response=consent(url, decision="cancel"))


def test_a_refresh_token_comes_with_the_first_consent_or_a_renewed_one(connect: Connect) -> None:
    assert connect(prompt="select_account").refresh_token
    assert connect(prompt="select_account").refresh_token is None
    assert connect(prompt="consent").refresh_token
    assert connect(prompt="consent", access_type="online").refresh_token is None


def test_scopes_can_be_added_later(connect: Connect) -> None:
    connect(NEWCOMER, scopes=[*SCOPES[:2], ADS])
    later = connect(NEWCOMER, scopes=[*SCOPES[:2], DATA_MANAGER], include_granted_scopes="true")
    assert {ADS, DATA_MANAGER} <= set(later.granted_scopes)


def test_refreshing_gives_another_token(connect: Connect) -> None:
    credentials = connect()
    before = credentials.token
    credentials.refresh(Request())
    assert credentials.token != before


def test_revoking_one_token_ends_the_whole_grant(practice: Practice, connect: Connect) -> None:
    first, second = connect(), connect()
    assert revoke(practice, first.token).status_code == 200
    with pytest.raises(RefreshError, match="expired or revoked"):
        second.refresh(Request())
    again = revoke(practice, first.refresh_token)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_token")
    assert get(practice, "grants")["grants"][0]["revoked_by"] == "the client"


def test_no_list_shows_a_whole_token(practice: Practice, connect: Connect) -> None:
    credentials = connect()
    grants = get(practice, "grants")["grants"]
    assert credentials.refresh_token not in str(grants)
    assert {token["last4"] for token in grants[0]["tokens"]} >= {credentials.refresh_token[-4:]}


def test_the_person_can_end_the_access_at_google(practice: Practice, connect: Connect) -> None:
    credentials = connect()
    grant = get(practice, "grants")["grants"][0]
    requests.post(f"{practice.http_url}/practice/revoke", data={"grant": grant["id"]}, timeout=10)
    with pytest.raises(RefreshError):
        credentials.refresh(Request())


def test_faults_of_the_token_and_revoke_addresses(practice: Practice, connect: Connect) -> None:
    credentials = connect()
    post(practice, "faults", {"token": "down", "revoke": "down"})
    with pytest.raises(TransportError):
        credentials.refresh(Request())
    with pytest.raises(requests.ConnectionError):
        revoke(practice, credentials.token)


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"client_id": "stranger"}, 400, "invalid_client"),
        ({"redirect_uri": "https://attacker.example/"}, 400, "redirect_uri_mismatch"),
        ({"redirect_uri": "http://127.0.0.1:5000@attacker.example/"}, 400, "redirect_uri_mismatch"),
        ({"redirect_uri": "javascript:alert(1)"}, 400, "redirect_uri_mismatch"),
        ({"scope": "https://www.googleapis.com/auth/drive"}, 400, "invalid_scope"),
        ({"scope": ""}, 400, "invalid_request"),
        ({"state": "x" * 5000}, 400, "invalid_request"),
    ],
)
def test_a_wrong_request_is_refused_on_a_page(
    practice: Practice, change: dict[str, str], status: int, words: str
) -> None:
    answer = ask(practice, change)
    assert answer.status_code == status
    assert words in answer.text


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": "short", "code_challenge_method": "S256"}, "invalid_request"),
        ({"code_challenge": "x" * 43, "code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_other_mistakes_go_back_to_the_client(practice: Practice, change: dict[str, str], error: str) -> None:
    location = ask(practice, change).headers["Location"]
    assert location.startswith(f"{CALLBACK}?error={error}")
    assert location.endswith("state=s")


def ask(practice: Practice, change: dict[str, str]) -> requests.Response:
    parameters = {
        "client_id": practice.settings.client_id,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": ADS,
        "state": "s",
    }
    url = f"{practice.http_url}/o/oauth2/v2/auth"
    return requests.get(url, params=parameters | change, timeout=10, allow_redirects=False)


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({}, 401, "invalid_client"),
        ({"client_id": "GOOD", "client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "GOOD", "client_secret": "GOOD"}, 400, "unsupported_grant_type"),
        (
            {"client_id": "GOOD", "client_secret": "GOOD", "grant_type": "authorization_code"},
            400,
            "invalid_grant",
        ),
        ({"client_id": "GOOD", "client_secret": "GOOD", "grant_type": "refresh_token"}, 400, "invalid_grant"),
    ],
)
def test_the_token_address_refuses_in_googles_words(
    practice: Practice, fields: dict[str, str], status: int, error: str
) -> None:
    good = {"client_id": practice.settings.client_id, "client_secret": practice.settings.client_secret}
    sent = {name: good[name] if value == "GOOD" else value for name, value in fields.items()}
    answer = requests.post(f"{practice.http_url}/token", data=sent, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
