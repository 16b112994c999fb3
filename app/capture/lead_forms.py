"""What Google's lead form sends (a lead form asset delivers it to a webhook): the person, the ad, and a shared key.

Every part may be missing, ids may be numbers or texts, and what is not known is kept word for word. A lead that
somebody left at Google is never refused for what it says: what does not fit a field goes into the message.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from app.capture.bodies import parsed
from app.capture.submission import Seen, Submission, Tracking
from app.core.errors import InvalidInputError
from app.core.words import gettext as _
from app.leads import contact

PAGE = "https://www.google.com/lead-form"
"""Stands for the landing page: there is none, since the form opens in Google's own page."""

_NAMES = ("FULL_NAME",)
_PARTS = ("FIRST_NAME", "LAST_NAME")
_EMAILS = ("EMAIL", "WORK_EMAIL")
_PHONES = ("PHONE_NUMBER", "WORK_PHONE")
_MOST_ANSWERS = 150
_MOST_CHARACTERS = 1_000
_MOST_ID = 100


def key_of(raw: bytes) -> str:
    """The shared key in the body; empty when there is none. Raises MalformedError."""
    key = parsed(raw).get("google_key")
    return key if isinstance(key, str) else ""


def event_id(raw: bytes) -> str:
    """By which a repeated delivery is known. A test has none: Google sends the same one each time.

    Raises MalformedError, and InvalidInputError when nothing tells one lead from another.
    """
    body = parsed(raw)
    lead_id = _id(body.get("lead_id"))
    if body.get("is_test") is True:
        return ""
    if not lead_id:
        raise InvalidInputError(_("The message has no “lead_id”."), reason="no_lead_id")
    return lead_id if len(lead_id) <= _MOST_ID else hashlib.sha256(lead_id.encode()).hexdigest()


def read(raw: bytes) -> Submission:
    """The submission of a body that was kept. Raises MalformedError."""
    body = parsed(raw)
    answers = dict(_answers(body))
    name = _taken(answers, _NAMES) or " ".join(filter(None, (_taken(answers, (part,)) for part in _PARTS)))
    email, phone = _taken(answers, _EMAILS), _taken(answers, _PHONES)
    if email and not contact.is_email(email):
        answers["EMAIL"], email = email, ""
    return Submission(
        name=name[: contact.MAX_NAME],
        email=email,
        phone=phone[: contact.MAX_PHONE],
        message="",
        extra={_label(body, key): text for key, text in answers.items()},
        is_trapped=False,
        is_test=body.get("is_test") is True,
        saw_notice=False,
        tracking=Tracking(first=Seen(_address(body), "", _submitted_at(body))),
    )


def _answers(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    columns = body.get("user_column_data")
    for column in (columns if isinstance(columns, list) else [])[:_MOST_ANSWERS]:
        if not isinstance(column, dict):
            continue
        key = _id(column.get("column_id")) or _id(column.get("column_name"))
        value = column.get("string_value")
        text = contact.many_lines(value)[:_MOST_CHARACTERS] if isinstance(value, str) else ""
        if key and text:
            yield key, text


def _taken(answers: dict[str, str], keys: tuple[str, ...]) -> str:
    """The first of these answers, taken out; a second one stays among the others."""
    key = next((key for key in keys if key in answers), None)
    return contact.one_line(answers.pop(key)) if key else ""


def _label(body: Mapping[str, Any], key: str) -> str:
    """What the form called the question, or "Postal code" for POSTAL_CODE."""
    for column in body["user_column_data"]:
        if isinstance(column, dict) and _id(column.get("column_id")) == key:
            name = column.get("column_name")
            if isinstance(name, str) and contact.one_line(name):
                return contact.one_line(name)[:_MOST_ID]
    return key.replace("_", " ").capitalize()[:_MOST_ID]


def _address(body: Mapping[str, Any]) -> str:
    told = {"gclid": _id(body.get("gcl_id")), "utm_id": _id(body.get("campaign_id"))}
    marks = {"utm_source": "google", "utm_medium": "cpc"}
    return f"{PAGE}?{urlencode(marks | {name: value for name, value in told.items() if value})}"


def _submitted_at(body: Mapping[str, Any]) -> datetime | None:
    text = body.get("lead_submit_time")
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
        return at.astimezone(UTC) if at and at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _id(value: object) -> str:
    """An id, which may come as a number; nothing for anything else, and for the zero that stands for none."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    text = contact.one_line(str(value))[:500]
    return "" if text == "0" else text
