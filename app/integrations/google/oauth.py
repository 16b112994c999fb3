"""Google's OAuth: the trip to the consent page and back, fresh access tokens, and giving access back.

Scopes are asked for all at once (`include_granted_scopes=false`): Leader needs both from the first day, and a
grant that is merged with older ones could not be told apart when it is revoked.
"""

import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from google.auth.exceptions import GoogleAuthError, RefreshError
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials
from google_auth_oauthlib.flow import Flow
from oauthlib.oauth2 import OAuth2Error  # type: ignore[import-untyped]

from app.core.config import Settings
from app.core.errors import PermanentError, RetryableError
from app.core.ids import new_secret
from app.core.words import gettext as _
from app.core.words import lazy_gettext, listed
from app.integrations.google.oauth_errors import NO_ANSWER, NO_ANSWER_START_AGAIN, explain, explain_refresh

ADS = "https://www.googleapis.com/auth/adwords"
DATA_MANAGER = "https://www.googleapis.com/auth/datamanager"
EMAIL = "https://www.googleapis.com/auth/userinfo.email"
SCOPES = (ADS, DATA_MANAGER, "openid", EMAIL)

TIMEOUT_SECONDS = 10
"""A person or a worker is waiting; Google's sign-in servers answer well within a second."""

_PERMISSIONS = {
    ADS: lazy_gettext("to see your Google Ads accounts"),
    DATA_MANAGER: lazy_gettext("to send your won sales to Google Ads"),
}


@dataclass(frozen=True)
class Authorization:
    """A trip to the consent page. `state` and `code_verifier` are needed on the way back."""

    url: str
    state: str = field(repr=False)
    code_verifier: str = field(repr=False)


@dataclass(frozen=True)
class Access:
    """An access token and when it ends."""

    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class Grant:
    """What the person allowed, and who that person is at Google."""

    subject: str
    email: str
    refresh_token: str = field(repr=False)
    access: Access
    scopes: tuple[str, ...]


class PartialGrantError(PermanentError):
    """The person left out a permission. What was given is not kept; it can be given back with the token."""

    def __init__(self, sentence: str, *, subject: str, refresh_token: str) -> None:
        super().__init__(sentence, reason="partial_grant")
        self.subject, self.refresh_token = subject, refresh_token


@dataclass(frozen=True)
class RevokeAnswer:
    """Google's answer to a revocation. `is_confirmed`: no token of this grant works any more."""

    status: int
    is_confirmed: bool
    words: str


def authorization(settings: Settings, redirect_uri: str) -> Authorization:
    """The way to Google's consent page, for one trip. Raises PermanentError when Leader is not registered."""
    flow = _flow(settings, redirect_uri)
    url, state = flow.authorization_url(
        access_type="offline", prompt="consent", include_granted_scopes="false", state=new_secret()
    )
    return Authorization(url, state, flow.code_verifier)


def exchange(settings: Settings, redirect_uri: str, *, answer_url: str, state: str, code_verifier: str) -> Grant:
    """Trade Google's answer (the whole address it led back to) for tokens.

    Raises PermanentError when the person cancelled, left out a permission, or the code no longer works;
    RetryableError when Google does not answer. Either way nothing is to be kept.
    """
    flow = _flow(settings, redirect_uri, state=state, code_verifier=code_verifier)
    try:
        token = flow.fetch_token(authorization_response=answer_url, timeout=TIMEOUT_SECONDS)
        granted = tuple(token.get("scope") or SCOPES)
        person = _userinfo(settings, token["access_token"])
        _check(granted, token, person["sub"])
    except OAuth2Error as error:
        raise explain(error.error) from None
    except (requests.RequestException, ValueError, KeyError):
        raise RetryableError(NO_ANSWER_START_AGAIN, reason="no_answer") from None
    return Grant(
        subject=person["sub"],
        email=person.get("email", ""),
        refresh_token=token["refresh_token"],
        access=Access(token["access_token"], datetime.fromtimestamp(token["expires_at"], UTC)),
        scopes=granted,
    )


def refresh(settings: Settings, refresh_token: str) -> Access:
    """A fresh access token. Raises ConsentEndedError when the permission is gone, else RetryableError."""
    credentials: Any = Credentials(  # type: ignore[no-untyped-call]
        None,
        refresh_token=refresh_token,
        client_id=settings.google_client_id,
        client_secret=settings.google_client_secret,
        token_uri=settings.google_oauth_token_uri,
    )
    try:
        credentials.refresh(functools.partial(Request(), timeout=TIMEOUT_SECONDS))
    except RefreshError as error:
        raise explain_refresh(error) from None
    except GoogleAuthError:
        raise RetryableError(NO_ANSWER, reason="no_answer") from None
    return Access(credentials.token, credentials.expiry.replace(tzinfo=UTC))


def revoke(settings: Settings, token: str) -> RevokeAnswer:
    """End the whole grant that the token belongs to. Raises RetryableError while Google does not confirm."""
    try:
        response = requests.post(
            settings.google_oauth_revoke_uri,
            data={"token": token},
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )
    except requests.RequestException:
        raise RetryableError(NO_ANSWER, reason="no_answer") from None
    if response.status_code == 200:
        return RevokeAnswer(200, True, _("Google confirmed that Leader's access is revoked."))
    if response.status_code == 400 and _error_code(response) == "invalid_token":
        return RevokeAnswer(400, True, _("Google answered that Leader's access had already ended."))
    raise RetryableError(
        _("Google answered with error %(code)s.", code=response.status_code), reason=str(response.status_code)
    )


def _flow(settings: Settings, redirect_uri: str, **trip: str) -> Any:
    if not (settings.google_client_id and settings.google_client_secret):
        raise PermanentError(
            _(
                "Leader is not registered with Google yet. Whoever runs it must set GOOGLE_CLIENT_ID and "
                "GOOGLE_CLIENT_SECRET."
            ),
            reason="no_client",
        )
    _tell_oauthlib(settings)
    client = {
        "client_id": settings.google_client_id,
        "client_secret": settings.google_client_secret,
        "auth_uri": settings.google_oauth_auth_uri,
        "token_uri": settings.google_oauth_token_uri,
    }
    return Flow.from_client_config({"web": client}, scopes=SCOPES, redirect_uri=redirect_uri, **trip)


def _tell_oauthlib(settings: Settings) -> None:
    """oauthlib takes these two from the environment alone.

    Without the first it raises on a grant that leaves something out, before it can be said what; the second
    allows the practice Google, which speaks plain HTTP on this machine.
    """
    os.environ["OAUTHLIB_RELAX_TOKEN_SCOPE"] = "1"  # noqa: S105 - a switch, not a password
    if settings.is_production or urlsplit(settings.google_oauth_token_uri).scheme == "https":
        os.environ.pop("OAUTHLIB_INSECURE_TRANSPORT", None)
    else:
        os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"


def _check(granted: tuple[str, ...], token: Mapping[str, Any], subject: str) -> None:
    refresh_token = token.get("refresh_token")
    missing = [str(words) for scope, words in _PERMISSIONS.items() if scope not in granted]
    if missing:
        raise PartialGrantError(
            _(
                "Leader also needs the permission %(permissions)s. Nothing was saved. Please start again. On Google's "
                "page, tick every box.",
                permissions=listed(missing),
            ),
            subject=subject,
            refresh_token=str(refresh_token or token["access_token"]),
        )
    if not refresh_token:
        raise PermanentError(
            _(
                "Google did not give a lasting permission. Remove Leader at myaccount.google.com/connections, "
                "then connect again. Nothing was saved."
            ),
            reason="no_refresh_token",
        )


def _userinfo(settings: Settings, access_token: str) -> dict[str, str]:
    response = requests.get(
        settings.google_userinfo_uri,
        headers={"Authorization": f"Bearer {access_token}"},
        timeout=TIMEOUT_SECONDS,
        allow_redirects=False,
    )
    response.raise_for_status()
    person = response.json()
    if not isinstance(person, dict) or not isinstance(person.get("sub"), str):
        raise ValueError("no person in Google's answer")
    return {name: value for name, value in person.items() if isinstance(value, str)}


def _error_code(response: requests.Response) -> str:
    try:
        return str(response.json()["error"])
    except (ValueError, KeyError, TypeError):
        return ""
