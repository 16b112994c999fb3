"""Google's Data Manager API: send conversion events, ask what became of them.

The frozen request goes out as it is, through Google's own signed-in HTTP session; questions go through Google's own
client, over REST: a dead token shows at once, where gRPC would retry silently. Built-in retries are off, since the
outbox decides about trying again. Imported by workers only: the package costs 60 MiB.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from google.ads.datamanager_v1 import IngestionServiceClient
from google.ads.datamanager_v1.services.ingestion_service.transports import IngestionServiceRestTransport
from google.ads.datamanager_v1.types import RetrieveRequestStatusRequest
from google.api_core import exceptions
from google.auth.exceptions import RefreshError, TransportError
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.credentials import Credentials
from google.protobuf import json_format

from app.core.errors import LeaderError, RetryableError
from app.integrations.google.uploading import AccessEndedError, Answer, Parcel, RefusedError, Sent

_BUSY = "Google did not answer properly."
_REASON_PREFIXES = ("PROCESSING_ERROR_REASON_", "PROCESSING_ERROR_")
_ROW = re.compile(r"events\[(\d{1,4})\]")


class DataManager:
    """One connection's line to Google. Keeps the HTTP connection open from call to call."""

    def __init__(self, credentials: Credentials, address: str, timeout: float) -> None:
        self._address, self._timeout = address.rstrip("/"), timeout
        self._session = AuthorizedSession(credentials, max_refresh_attempts=0)  # type: ignore[no-untyped-call]
        parts = urlsplit(address)
        transport = IngestionServiceRestTransport(
            credentials=credentials, host=parts.netloc, url_scheme=parts.scheme or "https"
        )
        self._client = IngestionServiceClient(transport=transport)

    def send(self, parcel: Parcel) -> Sent:
        """Ingest the frozen events and return the request id. Raises as `Uploader` says."""
        return self._ingest(parcel.as_json())

    def try_out(self, parcel: Parcel) -> None:
        """Have Google check the request without taking it. Raises as `send`."""
        self._ingest(Parcel(f'{parcel.frame.rstrip()[:-1]},"validateOnly":true}}', parcel.events).as_json())

    def ask(self, request_id: str) -> Answer:
        """The verdict on a request. Raises as `send`."""
        try:
            response = self._client.retrieve_request_status(
                RetrieveRequestStatusRequest(request_id=request_id), retry=None, timeout=self._timeout
            )
        except Exception as error:
            raise explain(error) from error
        if not response.request_status_per_destination:
            return Answer("processing")
        status = response.request_status_per_destination[0]
        name = status.request_status.name
        if name == "SUCCESS":
            return Answer("success")
        if name in ("FAILED", "PARTIAL_SUCCESS"):
            counts = {short_reason(each.reason): int(each.record_count) for each in status.error_info.error_counts}
            return Answer("failed", counts or {"UNKNOWN": 1})
        return Answer("processing")

    def _ingest(self, body: str) -> Sent:
        try:
            response = self._session.post(
                f"{self._address}/v1/events:ingest",
                data=body.encode(),
                headers={"Content-Type": "application/json"},
                timeout=self._timeout,
            )
            if response.status_code >= 400:
                raise exceptions.from_http_response(response)  # type: ignore[no-untyped-call]
            answer = response.json()
        except Exception as error:
            raise explain(error) from error
        if not isinstance(answer, dict) or not answer.get("requestId"):
            raise RetryableError(_BUSY, reason="UNREADABLE_ANSWER")
        return Sent(str(answer["requestId"]))


def short_reason(reason: Any) -> str:
    """Google's name of a reason without its long prefix; a number when the reason is newer than the client."""
    name = getattr(reason, "name", None) or str(reason)
    for prefix in _REASON_PREFIXES:
        name = name.removeprefix(prefix)
    return name


def explain(error: Exception) -> LeaderError:
    """Google's error as one that knows whether trying again helps."""
    if isinstance(error, RefreshError | exceptions.Unauthorized):
        return AccessEndedError("Google no longer accepts the sign-in.", reason="UNAUTHENTICATED")
    if isinstance(error, exceptions.TooManyRequests):
        return RetryableError("Google is busy.", reason="RESOURCE_EXHAUSTED")
    if isinstance(error, exceptions.ClientError):
        return _refused(error)
    if isinstance(error, exceptions.GoogleAPICallError):
        return RetryableError("Google is out of order.", reason=_status_of(error))
    if isinstance(error, json_format.ParseError | ValueError):
        return RetryableError(_BUSY, reason="UNREADABLE_ANSWER")
    if isinstance(error, TransportError | requests.RequestException | exceptions.RetryError):
        return RetryableError("Google could not be reached.", reason="NO_CONNECTION")
    raise error


def _refused(error: exceptions.ClientError) -> RefusedError:
    """With the most exact reason: of the refused field, else of the whole request, else the status."""
    violations = list(_violations(error))
    reasons = [violation["reason"] for violation in violations if violation.get("reason")]
    reasons += [detail["reason"] for detail in _details(error) if detail.get("reason")]
    known = {403: "PERMISSION_DENIED", 404: "NOT_FOUND"}.get(error.code or 0, "INVALID_ARGUMENT")
    fields = [str(violation.get("field", "")) for violation in violations]
    named = [_ROW.search(field) for field in fields]
    return RefusedError(
        "Google refused this conversion.",
        reason=short_reason(reasons[0]) if reasons else known,
        rows=sorted({int(found[1]) for found in named if found}),
        is_theirs=error.code == 400 and (not fields or any("event" in field for field in fields)),
    )


def _violations(error: exceptions.ClientError) -> Iterator[Mapping[str, Any]]:
    for detail in _details(error):
        yield from (found for found in detail.get("fieldViolations", ()) if isinstance(found, dict))


def _details(error: exceptions.ClientError) -> list[dict[str, Any]]:
    return [detail for detail in error.details or () if isinstance(detail, dict)]


def _status_of(error: exceptions.GoogleAPICallError) -> str:
    names = {500: "INTERNAL_ERROR", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED"}
    return names.get(error.code or 0, "INTERNAL_ERROR")
