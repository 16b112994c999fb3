"""One connection's line to the Google Ads API, through Google's own client (gRPC).

The package costs a second and 100 MiB, so that it is imported when a client is made: in a worker, never while
the web process starts.
"""

import os
import time
from typing import Any

from google.oauth2.credentials import Credentials

from app.core.config import Settings
from app.core.errors import RetryableError
from app.core.words import gettext as _
from app.integrations.google.google_ads_errors import explain

API_VERSION = "v26"
CALL_SECONDS = 15.0
LINE_SECONDS = 45.0
"""All calls of one client together: the transaction that waits for them must not idle for a minute."""


class AdsClient:
    """Asks for one connection. Raises what `explain` makes of Google's errors."""

    def __init__(self, settings: Settings, credentials: Credentials) -> None:
        self._endpoint, self._credentials = settings.google_ads_endpoint, credentials
        self._new_client = _client_class(settings.google_ads_root_certificates)
        self._ends_at = time.monotonic() + LINE_SECONDS
        self._clients: dict[str, Any] = {}
        self._services: dict[str, Any] = {}

    def begin(self) -> None:
        """A new round of calls, for a client that is kept: its time starts anew."""
        self._ends_at = time.monotonic() + LINE_SECONDS

    def search(self, query: str, customer_id: str, *, login: str) -> list[Any]:
        """Every row of the query's answer."""
        service = self.service("GoogleAdsService", login=login)
        return list(self.call(service.search, customer_id=customer_id, query=query))

    def service(self, name: str, *, login: str) -> Any:
        """Kept for each name and login: every new service opens a channel of its own."""
        if f"{name} {login}" not in self._services:
            self._services[f"{name} {login}"] = self._client(login).get_service(name)
        return self._services[f"{name} {login}"]

    def message(self, name: str) -> Any:
        """An empty message of the API."""
        return self._client("").get_type(name)

    def enum(self, name: str, value: str) -> Any:
        """The number of an enum's value."""
        return self._client("").get_type(name).DESCRIPTOR.enum_types[0].values_by_name[value].number

    def call(self, method: Any, **arguments: Any) -> Any:
        """One call, within what is left of the time."""
        seconds = min(CALL_SECONDS, self._ends_at - time.monotonic())
        if seconds <= 0:
            raise RetryableError(_("Google took too long to answer."), reason="DEADLINE_EXCEEDED")
        try:
            return method(**arguments, timeout=seconds)
        except Exception as error:
            raise explain(error) from None

    def _client(self, login: str) -> Any:
        if login not in self._clients:
            self._clients[login] = self._new_client(
                credentials=self._credentials,
                endpoint=self._endpoint,
                version=API_VERSION,
                login_customer_id=login or None,
            )
        return self._clients[login]


def _client_class(root_certificates: str) -> Any:
    """Google's client. gRPC reads the variable once, before the first channel of the process."""
    if root_certificates:
        os.environ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = root_certificates
    # The one import inside a function: see the module's docstring.
    from google.ads.googleads.client import GoogleAdsClient  # type: ignore[import-untyped] # noqa: PLC0415

    return GoogleAdsClient
