"""Google's Data Manager API: send one conversion event, ask what became of it.

Google's own client over REST: a dead token shows at once, where gRPC would retry silently. Its built-in retries are
off, since the outbox decides about trying again. Imported by workers only: the package costs 60 MiB.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from google.ads.datamanager_v1 import IngestionServiceClient
from google.ads.datamanager_v1.services.ingestion_service.transports import IngestionServiceRestTransport
from google.ads.datamanager_v1.types import IngestEventsRequest, RetrieveRequestStatusRequest
from google.api_core import exceptions
from google.auth.exceptions import RefreshError, TransportError
from google.oauth2.credentials import Credentials
from google.protobuf import json_format

from app.core.errors import LeaderError, PermanentError, RetryableError

_BUSY = "Google did not answer properly."
_REASON_PREFIXES = ("PROCESSING_ERROR_REASON_", "PROCESSING_ERROR_")


class AccessEndedError(RetryableError):
    """Google no longer takes this access token: a fresh one may help."""


@dataclass(frozen=True)
class Answer:
    """What became of a request: `processing`, `success` or `failed`, with Google's reason when it failed."""

    state: str
    reason: str = ""


class DataManager:
    """One connection's line to Google. Keeps the HTTP connection open from call to call."""

    def __init__(self, credentials: Credentials, address: str, timeout: float) -> None:
        parts = urlsplit(address)
        transport = IngestionServiceRestTransport(
            credentials=credentials, host=parts.netloc, url_scheme=parts.scheme or "https"
        )
        self._client = IngestionServiceClient(transport=transport)
        self._timeout = timeout

    def send(self, payload: dict[str, Any]) -> str:
        """Ingest the frozen request (Google's JSON form) and return the request id.

        Raises RetryableError when the outcome is unknown or Google is busy, PermanentError when Google refuses.
        """
        message = IngestEventsRequest.pb()()
        json_format.ParseDict(payload, message)
        try:
            response = self._client.ingest_events(IngestEventsRequest.wrap(message), retry=None, timeout=self._timeout)
        except Exception as error:
            raise explain(error) from error
        if not response.request_id:
            raise RetryableError(_BUSY, reason="UNREADABLE_ANSWER")
        return str(response.request_id)

    def ask(self, request_id: str) -> Answer:
        """The verdict on a request that held one event. Raises as `send` does."""
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
            counts = status.error_info.error_counts
            return Answer("failed", short_reason(counts[0].reason) if counts else "UNKNOWN")
        return Answer("processing")


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
        return PermanentError("Google refused this conversion.", reason=_reason_in(error))
    if isinstance(error, exceptions.GoogleAPICallError):
        return RetryableError("Google is out of order.", reason=_status_of(error))
    if isinstance(error, TransportError | requests.RequestException | exceptions.RetryError):
        return RetryableError("Google could not be reached.", reason="NO_CONNECTION")
    if isinstance(error, json_format.ParseError | ValueError):
        return RetryableError(_BUSY, reason="UNREADABLE_ANSWER")
    raise error


def _reason_in(error: exceptions.ClientError) -> str:
    """The most exact reason: of the refused field, else of the whole request, else the status."""
    details = [detail for detail in error.details if isinstance(detail, dict)]
    for detail in details:
        for violation in detail.get("fieldViolations", ()):
            if violation.get("reason"):
                return short_reason(violation["reason"])
    for detail in details:
        if detail.get("reason"):
            return short_reason(detail["reason"])
    return {403: "PERMISSION_DENIED", 404: "NOT_FOUND"}.get(error.code or 0, "INVALID_ARGUMENT")


def _status_of(error: exceptions.GoogleAPICallError) -> str:
    names = {500: "INTERNAL_ERROR", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED"}
    return names.get(error.code or 0, "INTERNAL_ERROR")
