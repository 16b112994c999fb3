"""Errors in the shape of Google's REST interfaces: {"error": {code, message, status, details}}."""

import uuid
from dataclasses import dataclass

from sandbox.web import Response, json_response

DOMAIN = "datamanager.googleapis.com"
STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
# Request-level reasons that are not simply an invalid argument.
CODE_OF_REASON = {
    "INTERNAL_ERROR": 500,
    "DEADLINE_EXCEEDED": 504,
    "RESOURCE_EXHAUSTED": 429,
    "NOT_FOUND": 404,
    "PERMISSION_DENIED": 403,
}
TRY_AGAIN_SECONDS = 30


@dataclass(frozen=True)
class Violation:
    """One thing that is wrong with a request. `field` is a path such as events.events[0].transaction_id."""

    field: str
    reason: str
    description: str


class ApiError(Exception):
    """Ends the request; `response` is what the client gets."""

    def __init__(
        self, code: int, message: str, *, reason: str | None = None, violations: list[Violation] | None = None
    ) -> None:
        super().__init__(message)
        self.response = error_response(code, message, reason=reason, violations=violations)


def error_response(
    code: int, message: str, *, reason: str | None = None, violations: list[Violation] | None = None
) -> Response:
    status = STATUS.get(code, "UNKNOWN")
    request_id = str(uuid.uuid4())
    details: list[dict[str, object]] = [
        _detail("ErrorInfo", reason=reason or status, domain=DOMAIN, metadata={"requestId": request_id}),
        _detail("RequestInfo", requestId=request_id),
    ]
    if violations:
        details.append(_detail("BadRequest", fieldViolations=[vars(violation) for violation in violations]))
    headers = {}
    if code in (429, 503):
        headers["Retry-After"] = str(TRY_AGAIN_SECONDS)
        details.append(_detail("RetryInfo", retryDelay=f"{TRY_AGAIN_SECONDS}s"))
    if code == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="https://accounts.google.com/", error="invalid_token"'
    return json_response(
        {"error": {"code": code, "message": message, "status": status, "details": details}}, code, headers
    )


def _detail(name: str, **values: object) -> dict[str, object]:
    return {"@type": f"type.googleapis.com/google.rpc.{name}", **values}


def invalid(violations: list[Violation]) -> ApiError:
    """Fast fail: one bad row refuses the whole request."""
    message = "There was a problem with the request."
    return ApiError(400, message, reason="INVALID_ARGUMENT", violations=violations)
