"""What a visitor sent, checked and put in order: one rule for JSON, the hosted form and a shop's own form.

1. A lead needs something to answer to: an e-mail address or a phone number, or else a message with a name.
2. What a person typed is never cut: too long or unreadable is said beside the field.
3. What the tag adds is never a reason to refuse a form: from a form it is left out when it cannot be read. A
   program that calls the JSON address is told instead.
4. Consent is never upgraded: anything but a clear "granted" or "denied" is unknown.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.core.errors import InvalidInputError
from app.core.words import gettext as _
from app.core.words import marked
from app.leads import contact

FIELDS = ("name", "email", "phone", "message")
HONEYPOT = "website"
MOST_FIELDS = 60

_MOST_EXTRA = 1_000
_MOST_ID = 100
_ADDRESS_CHARACTERS = 8_192
_CHOICES = frozenset({"granted", "denied"})
_WAYS = (marked("The choice made on the website"), marked("No choice was seen"))


@dataclass(frozen=True, slots=True)
class Seen:
    """One visit as the tag saw it; the time is the visitor's clock and may be missing."""

    landing_page: str
    referrer: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Choice:
    """What the visitor allowed: granted, denied or unknown."""

    ad_user_data: str = "unknown"
    ad_personalization: str = "unknown"

    @property
    def way(self) -> str:
        was_seen = not _CHOICES.isdisjoint((self.ad_user_data, self.ad_personalization))
        return _WAYS[0] if was_seen else _WAYS[1]


@dataclass(frozen=True, slots=True)
class Tracking:
    """What the tag adds to what the visitor typed."""

    client_event_id: str = ""
    first: Seen | None = None
    last: Seen | None = None
    page: str = ""
    referrer: str = ""
    visitor_id: str = ""
    choice: Choice = field(default_factory=Choice)


@dataclass(frozen=True, slots=True)
class Submission:
    """A checked sending. `extra` holds the form's own further fields."""

    name: str
    email: str
    phone: str
    message: str
    extra: dict[str, str]
    is_trapped: bool
    is_test: bool
    saw_notice: bool
    """Whether our own form showed the words about privacy; what a shop's form said, we do not know."""
    tracking: Tracking


def read(
    fields: Mapping[str, Any], tracking: Tracking, *, is_test: bool = False, saw_notice: bool = False
) -> Submission:
    """The submission in these fields. Raises InvalidInputError, which names each field to look at again."""
    if len(fields) > MOST_FIELDS:
        raise InvalidInputError(_("There are more fields than we take."), reason="too_many_fields")
    texts = {contact.one_line(name): _text(name, value) for name, value in fields.items()}
    name = contact.one_line(texts.pop("name", ""))
    email = contact.one_line(texts.pop("email", ""))
    phone = contact.one_line(texts.pop("phone", ""))
    message = contact.many_lines(texts.pop("message", ""))
    is_trapped = bool(texts.pop(HONEYPOT, "").strip())
    problems = _problems(name, email, phone, message)
    if problems:
        raise InvalidInputError(" ".join(problems.values()), fields=problems)
    return Submission(
        name=name,
        email=email,
        phone=phone,
        message=message,
        extra={key: contact.many_lines(text)[:_MOST_EXTRA] for key, text in texts.items() if key and text},
        is_trapped=is_trapped,
        is_test=is_test,
        saw_notice=saw_notice,
        tracking=tracking,
    )


def _text(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return str(value)
    raise InvalidInputError(
        _("The field “%(name)s” must be text.", name=contact.one_line(name)[:40]), reason="wrong_type"
    )


def _problems(name: str, email: str, phone: str, message: str) -> dict[str, str]:
    problems = {}
    if len(name) > contact.MAX_NAME:
        problems["name"] = _("The name is longer than %(most)s characters.", most=contact.MAX_NAME)
    if len(email) > contact.MAX_EMAIL or (email and not contact.is_email(email)):
        problems["email"] = _("This does not look like an e-mail address. An example: jane@example.com.")
    if len(phone) > contact.MAX_PHONE:
        problems["phone"] = _("The phone number is longer than %(most)s characters.", most=contact.MAX_PHONE)
    if len(message) > contact.MAX_TEXT:
        problems["message"] = _("The message is longer than %(most)s characters.", most=contact.MAX_TEXT)
    if not (email or phone or (name and message)):
        problems.setdefault("email", _("Give an e-mail address or a phone number, so that we can answer."))
    return problems


def read_tracking(body: Mapping[str, Any]) -> Tracking:
    """What the tag or a program says about the visits. Raises InvalidInputError for a wrong shape."""
    return Tracking(
        client_event_id=_short(body, "client_event_id"),
        first=_seen(body, "first"),
        last=_seen(body, "last"),
        page=_address(body, "page"),
        referrer=_address(body, "referrer"),
        visitor_id=_short(body, "visitor_id"),
        choice=_choice(_part(body, "consent")),
    )


def _seen(body: Mapping[str, Any], name: str) -> Seen | None:
    visit = _part(body, name)
    if not visit:
        return None
    return Seen(_address(visit, "landing_page"), _address(visit, "referrer"), _moment(visit.get("at")))


def _choice(consent: Mapping[str, Any]) -> Choice:
    user_data, personalization = (
        value if isinstance(value, str) and value in _CHOICES else "unknown"
        for value in (consent.get("ad_user_data"), consent.get("ad_personalization"))
    )
    return Choice(user_data, personalization)


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = body.get(name)
    if part is None:
        return {}
    if not isinstance(part, dict):
        raise InvalidInputError(f"“{name}” must be an object.", reason="wrong_type")
    return part


def _short(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _MOST_ID:
        raise InvalidInputError(f"“{name}” must be text of at most {_MOST_ID} characters.", reason="wrong_type")
    return contact.one_line(value)


def _address(part: Mapping[str, Any], name: str) -> str:
    value = part.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidInputError(f"“{name}” must be text.", reason="wrong_type")
    return value[:_ADDRESS_CHARACTERS]


def _moment(value: object) -> datetime | None:
    """A time as ISO 8601 or as milliseconds since 1970; none when it is neither."""
    try:
        if isinstance(value, str):
            at = datetime.fromisoformat(value)
            return at.astimezone(UTC) if at.tzinfo else None
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None
