"""Fetching and deleting recordings at the providers, which are the only hosts that are asked.

Twilio: the recording's own address, with `.wav` after it, and DELETE on the same with `.json`; both with the account's
id and auth token. CallRail: the address of the message carries its own key, and leads on to where the file lies; no way
to delete a recording from outside is known.
"""

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.core.config import Settings
from app.core.errors import PermanentError, RetryableError
from app.core.words import gettext as _
from app.integrations import safe_http
from app.integrations.safe_http import Answer, Limits

MOST_BYTES = 200 << 20
"""More than three hours, uncompressed."""
LONGEST = 150.0
"""Seconds for one recording."""
_HOSTS = {
    "twilio": (".twilio.com", ".twiliocdn.com"),
    "callrail": (".callrail.com", "calltrk-production.s3.amazonaws.com"),
}
_LATER = frozenset({401, 403, 404, 408, 425, 429})
"""Not final: a token that is about to be replaced, a recording that is not there yet, too many requests."""


@dataclass(frozen=True)
class Remote:
    """One recording where the provider has it. `secret` is the company's at the provider."""

    provider: str
    external_id: str
    url: str
    account: str
    secret: str


@contextmanager
def opened(remote: Remote, settings: Settings) -> Iterator[Answer]:
    """The recording as it comes in. Raises RetryableError and PermanentError."""
    url = f"{remote.url}.wav" if remote.provider == "twilio" and not _has_ending(remote.url) else remote.url
    limits = _limits(remote.provider, settings, LONGEST, MOST_BYTES)
    with safe_http.request("GET", url, limits, headers=_sign_in(remote)) as answer:
        if answer.status != 200:
            kind = RetryableError if answer.status >= 500 or answer.status in _LATER else PermanentError
            raise kind(_("The provider does not hand the recording over."), reason=f"status {answer.status}")
        yield answer


def can_delete(provider: str) -> bool:
    return provider == "twilio"


def delete(remote: Remote, settings: Settings) -> int:
    """Ask the provider to delete it; the answer's status. 2xx and 404 mean that it is gone. Raises RetryableError when
    nothing answers."""
    url = f"{settings.twilio_api_url}/2010-04-01/Accounts/{remote.account}/Recordings/{remote.external_id}.json"
    limits = _limits(remote.provider, settings, 20, 100_000)
    with safe_http.request("DELETE", url, limits, headers=_sign_in(remote)) as answer:
        return answer.status


def _limits(provider: str, settings: Settings, seconds: float, most_bytes: int) -> Limits:
    is_practice = urlsplit(settings.twilio_api_url).hostname != "api.twilio.com"
    inside = settings.twilio_api_url if provider == "twilio" and is_practice else ""
    return Limits(_HOSTS.get(provider, ("",)), inside, seconds, most_bytes)


def _sign_in(remote: Remote) -> Mapping[str, str]:
    if remote.provider != "twilio":
        return {}
    pair = f"{remote.account}:{remote.secret}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _has_ending(url: str) -> bool:
    return "." in urlsplit(url).path.rpartition("/")[2]
