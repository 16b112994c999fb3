"""One practice Google for the module, and people connected to it through Google's own OAuth client."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from google.oauth2.credentials import Credentials
from google_auth_oauthlib.flow import Flow

from sandbox import Practice, Settings
from tests.sandbox.visitor import OWNER, consent

SCOPES = [
    "openid",
    "https://www.googleapis.com/auth/userinfo.email",
    "https://www.googleapis.com/auth/adwords",
    "https://www.googleapis.com/auth/datamanager",
]
CALLBACK = "http://127.0.0.1:5000/callback"
Connect = Callable[..., Credentials]


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    # Real seconds; a verdict takes 30 practice minutes, which the tests skip by moving the clock.
    with Practice(Settings(slow_seconds=0.3, site_key="site-key")) as running:
        os.environ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = str(running.ca_file)
        yield running


@pytest.fixture(autouse=True)
def _fresh(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")
    if "practice" in request.fixturenames:
        post(request.getfixturevalue("practice"), "reset", {})


def flow(practice: Practice, scopes: list[str] = SCOPES, **settings: Any) -> Flow:
    client = {
        "client_id": practice.settings.client_id,
        "client_secret": practice.settings.client_secret,
        "auth_uri": f"{practice.http_url}/o/oauth2/v2/auth",
        "token_uri": f"{practice.http_url}/token",
    }
    return Flow.from_client_config({"web": client}, scopes=scopes, redirect_uri=CALLBACK, **settings)


@pytest.fixture
def connect(practice: Practice) -> Connect:
    """connect(person, untick=…, scopes=…, **authorization parameters) -> credentials of the real client."""

    def _connect(
        person: str = OWNER, *, untick: tuple[str, ...] = (), scopes: list[str] = SCOPES, **parameters: str
    ) -> Credentials:
        steps = flow(practice, scopes)
        url, _state = steps.authorization_url(**{"access_type": "offline", "prompt": "consent"} | parameters)
        steps.fetch_token(authorization_response=consent(url, person, untick=untick))
        credentials: Credentials = steps.credentials
        return credentials

    return _connect


def get(practice: Practice, name: str) -> Any:
    return requests.get(f"{practice.http_url}/practice/api/{name}", timeout=10).json()


def post(practice: Practice, name: str, values: dict[str, Any]) -> requests.Response:
    return requests.post(f"{practice.http_url}/practice/api/{name}", json=values, timeout=10)
