"""Reading the two kinds of body that bring a lead: JSON and a form."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from app.capture import submission
from app.capture.submission import Submission, Tracking
from app.core.errors import InvalidInputError

TRACKING_FIELD = "leader"
"""The hidden field in which the tag's JSON travels with a form."""

PAGE_FIELD = "leader_page"
REFERRER_FIELD = "leader_referrer"
EVENT_FIELD = "leader_event"
"""What the hosted form knows without the tag: its page, how that was reached, and the sending's id."""


class MalformedError(InvalidInputError):
    """The body is no JSON object at all."""

    def __init__(self) -> None:
        super().__init__("The body is not a JSON object.", reason="malformed")


def read(kind: str, raw: bytes) -> Submission:
    """The submission of a body that was kept, `json` or `form`. Raises as the two below do."""
    if kind == "json":
        return from_json(raw)
    kept = parsed(raw)
    return from_form(kept["fields"], referer=kept["referer"])


def packed_form(fields: Mapping[str, str], *, referer: str) -> bytes:
    """A form as it is kept: as JSON, which `read` takes."""
    return json.dumps({"fields": dict(fields), "referer": referer}).encode()


def from_json(raw: bytes) -> Submission:
    """The submission of a JSON body. Raises MalformedError, or InvalidInputError for wrong content."""
    body = parsed(raw)
    fields = body.get("fields")
    if not isinstance(fields, dict):
        raise InvalidInputError("“fields” must be an object with name, email, phone or message.")
    is_test = body.get("test", False)
    if not isinstance(is_test, bool):
        raise InvalidInputError("“test” must be true or false.", reason="wrong_type")
    return submission.read(fields, submission.read_tracking(body), is_test=is_test)


def from_form(fields: Mapping[str, str], *, referer: str) -> Submission:
    """The submission of a form. Where the tag added nothing, the hosted form's own fields tell of the visit,
    or else the browser's Referer header.

    Raises InvalidInputError.
    """
    typed = dict(fields)
    is_ours = PAGE_FIELD in typed
    plain = {
        "client_event_id": typed.pop(EVENT_FIELD, ""),
        "page": typed.pop(PAGE_FIELD, referer),
        "referrer": typed.pop(REFERRER_FIELD, ""),
    }
    text = typed.pop(TRACKING_FIELD, "")
    tracking = _tracking(text) or _tracking(json.dumps(plain)) or Tracking()
    return submission.read(typed, tracking, saw_notice=is_ours)


def _tracking(text: str) -> Tracking | None:
    try:
        return submission.read_tracking(parsed(text.encode("utf-8", "replace"))) if text else None
    except InvalidInputError:
        return None


def parsed(raw: bytes) -> dict[str, Any]:
    """The JSON object of a body. Raises MalformedError."""
    try:
        body = _DECODER.decode(raw.decode(json.detect_encoding(raw), "surrogatepass"))
    except (ValueError, RecursionError):
        raise MalformedError from None
    if not isinstance(body, dict):
        raise MalformedError
    return body


def _refuse(_constant: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse)
"""Made once: `json.loads` with an option makes one for each call."""
