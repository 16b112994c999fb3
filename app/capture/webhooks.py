"""Any other program's webhook: which part of what it sends is the name, the address, and so on. Pure rules.

The company chooses the parts from what has arrived, by paths such as `contact.emails.0.value`. Until it has, messages
are kept and wait. A form is read as a flat object.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from app.capture import submission
from app.capture.bodies import parsed
from app.capture.submission import Seen, Submission, Tracking
from app.core.errors import InvalidInputError
from app.core.words import gettext as _
from app.core.words import lazy_gettext
from app.leads import contact

PARTS = {
    "name": lazy_gettext("Name"),
    "email": lazy_gettext("E-mail address"),
    "phone": lazy_gettext("Phone number"),
    "message": lazy_gettext("Message"),
    "page": lazy_gettext("Address of the landing page"),
    "referrer": lazy_gettext("Address of the referring page"),
    "utm_source": lazy_gettext("UTM source"),
    "utm_medium": lazy_gettext("UTM medium"),
    "utm_campaign": lazy_gettext("UTM campaign"),
    "gclid": lazy_gettext("Google click id (gclid)"),
}
"""What a path can be chosen for."""

MANY = frozenset({"name", "message"})
MOST_PATHS = 200
_MOST_DEPTH = 8
_MOST_ID = 100
_MARKS = ("utm_source", "utm_medium", "utm_campaign", "gclid")
NOWHERE = "https://webhook.invalid/"
_SECRETIVE = ("secret", "token", "password", "passwd", "authorization", "api_key", "apikey", "google_key")
_GUESSES = {
    "name": ("name", "full_name", "fullname", "first_name", "firstname", "last_name", "lastname"),
    "email": ("email", "email_address", "e_mail", "mail"),
    "phone": ("phone", "phone_number", "tel", "telephone", "mobile"),
    "message": ("message", "comments", "comment", "notes", "text", "question"),
    "page": ("page_url", "landing_page", "url", "page"),
    "referrer": ("referrer", "referer"),
    **{mark: (mark,) for mark in _MARKS},
}


class UnmappedError(InvalidInputError):
    """The company has not said yet what the parts of its messages are."""

    def __init__(self) -> None:
        super().__init__(_("Say first what the parts of these messages are."), reason="unmapped")


def paths(raw: bytes) -> list[tuple[str, str]]:
    """(path, text) of each value in the body, in its order. Raises MalformedError."""
    found: list[tuple[str, str]] = []
    for path, value in _walk(parsed(raw), "", 0):
        if len(found) == MOST_PATHS:
            break
        found.append((path, _shown(path, value)))
    return found


def guess(found: Sequence[tuple[str, str]]) -> dict[str, str]:
    """For each path what it most likely is; left out where nothing speaks for anything."""
    chosen: dict[str, str] = {}
    for path, _text in found:
        last = path.rpartition(".")[2].lower().replace("-", "_")
        part = next((part for part, names in _GUESSES.items() if last in names), "")
        if part and (part in MANY or part not in chosen.values()):
            chosen[path] = part
    return chosen


def read(raw: bytes, mapping: Mapping[str, str]) -> Submission:
    """The submission of a body that was kept. Raises UnmappedError, MalformedError and InvalidInputError."""
    if not mapping:
        raise UnmappedError
    said: dict[str, str] = {}
    for path, value in _walk(parsed(raw), "", 0):
        part, text = mapping.get(path, ""), contact.many_lines(_text(value))
        if part and text:
            between = "\n" if part == "message" else " "
            said[part] = said[part] + between + text if part in said else text
    fields = {part: said.get(part, "") for part in submission.FIELDS}
    return submission.read(fields, Tracking(first=_seen(said)))


def event_id(raw: bytes, given: str, day: str) -> str:
    """By which a repeated delivery is known: the sender's own id, or else the same body on the same day."""
    return given if 0 < len(given) <= _MOST_ID else hashlib.sha256(raw + day.encode()).hexdigest()


def masked(raw: bytes) -> str:
    """The body for people to read; values that look like secrets are hidden."""
    return json.dumps(_masked(parsed(raw)), ensure_ascii=False, indent=2)


def _walk(value: object, path: str, depth: int) -> Iterator[tuple[str, object]]:
    items: Iterator[tuple[str, object]]
    if isinstance(value, dict):
        items = ((str(key), each) for key, each in value.items())
    elif isinstance(value, list):
        items = ((str(place), each) for place, each in enumerate(value))
    else:
        if value is not None:
            yield path, value
        return
    if depth < _MOST_DEPTH:
        for key, each in items:
            yield from _walk(each, f"{path}.{key}" if path else key, depth + 1)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _shown(path: str, value: object) -> str:
    text = contact.one_line(_text(value))
    return "•••" if _is_secretive(path) else text if len(text) <= 80 else text[:79] + "…"


def _is_secretive(name: str) -> bool:
    return any(sign in name.lower() for sign in _SECRETIVE)


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: "•••" if _is_secretive(key) and not isinstance(each, dict | list) else _masked(each)
            for key, each in value.items()
        }
    return [_masked(each) for each in value] if isinstance(value, list) else value


def _seen(said: Mapping[str, str]) -> Seen | None:
    marks = {mark: said[mark] for mark in _MARKS if mark in said}
    page = said.get("page", "")
    if not (marks or page):
        return None
    joined = "&" if "?" in page else "?"
    return Seen((page or NOWHERE) + (joined + urlencode(marks) if marks else ""), said.get("referrer", ""), None)
