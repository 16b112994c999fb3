"""What becomes of a line: a person with their source, or a reason why not. Pure rules.

Nothing is quietly changed or left out: a cell that cannot be read refuses its whole line, which then stands in the file
of refused lines, to be put right there and brought again.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from app.attribution.channels import Classified, classify
from app.attribution.source_words import source_words
from app.attribution.touches import Visit, read_visit
from app.core.errors import InvalidInputError
from app.core.money import to_minor
from app.core.words import gettext as _
from app.follow_up.tags import MAX_NAME, MOST_ON_A_LEAD
from app.imports.reading import MOST_CHARACTERS
from app.leads import contact

CHANNEL = "Import"

_CLICKS = ("gclid", "gbraid", "wbraid")
_UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
_NOWHERE = "https://import.invalid/"
_OLDEST = timedelta(days=365 * 50)
_DAY = re.compile(r"(?a)(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::\d{2})?)?")


@dataclass(frozen=True)
class Plan:
    """By what the lines of one import are read. Names are casefolded."""

    heading: Sequence[str]
    fields: Sequence[str]
    is_month_first: bool
    region: str
    currency: str
    zone: ZoneInfo
    stages: Mapping[str, uuid.UUID]
    first_stage: uuid.UUID
    owners: Mapping[str, uuid.UUID]
    now: datetime


@dataclass(frozen=True)
class Person:
    """A line that becomes a lead."""

    name: str
    email: str
    phone: str
    phone_e164: str
    message: str
    value_minor: int | None
    stage_id: uuid.UUID
    owner_id: uuid.UUID | None
    tags: tuple[str, ...]
    arrived_at: datetime
    source_words: str
    visit: Visit | None
    classified: Classified | None

    @property
    def channel(self) -> str:
        return self.classified.channel if self.classified else CHANNEL


def read(cells: Sequence[str], plan: Plan) -> Person:
    """The person of a line. Raises InvalidInputError with the reason why it is refused."""
    said = _said(cells, plan)
    name, email, phone = (said.get(field, "") for field in ("name", "email", "phone"))
    if not (name or email or phone):
        raise InvalidInputError(_("There is no name, e-mail address or phone number."))
    if email and not contact.is_email(email):
        raise InvalidInputError(_("“%(email)s” is no e-mail address.", email=_short(email)))
    visit = _visit(said)
    classified = classify(visit) if visit else None
    return Person(
        name=_within(name, contact.MAX_NAME),
        email=_within(email, contact.MAX_EMAIL),
        phone=_within(phone, contact.MAX_PHONE),
        phone_e164=contact.e164(phone, plan.region) if phone else "",
        message=_within(said.get("message", ""), contact.MAX_TEXT),
        value_minor=_value(said.get("value", ""), plan.currency),
        stage_id=_stage(said.get("stage", ""), plan),
        owner_id=_owner(said.get("owner", ""), plan),
        tags=_tags(said.get("tags", "")),
        arrived_at=_arrived(said.get("arrived", ""), plan),
        source_words=_source(said.get("source", ""), visit, classified),
        visit=visit,
        classified=classified,
    )


def _said(cells: Sequence[str], plan: Plan) -> dict[str, str]:
    """Each field with what its columns say, clean and on one line, but for messages."""
    if any(cell.strip() for cell in cells[len(plan.fields) :]):
        raise InvalidInputError(_("The line has more cells than there are columns."))
    said: dict[str, str] = {}
    for field, title, cell in zip(plan.fields, plan.heading, cells, strict=False):
        text = contact.many_lines(cell) if field == "message" else contact.one_line(cell)
        if not field or not text:
            continue
        if len(text) > MOST_CHARACTERS:
            raise InvalidInputError(_("The cell “%(column)s” is too long.", column=title))
        said[field] = _joined(field, said[field], text) if field in said else text
    return said


def _joined(field: str, before: str, text: str) -> str:
    return before + {"name": " ", "message": "\n", "tags": ";"}[field] + text


def _value(text: str, currency: str) -> int | None:
    if not text:
        return None
    try:
        return to_minor(text, currency)
    except ValueError as error:
        raise InvalidInputError(_("“%(text)s”: %(problem)s", text=_short(text), problem=error)) from None


def _stage(text: str, plan: Plan) -> uuid.UUID:
    if not text:
        return plan.first_stage
    if (stage := plan.stages.get(text.casefold())) is None:
        raise InvalidInputError(_("There is no stage “%(stage)s”.", stage=_short(text)))
    return stage


def _owner(text: str, plan: Plan) -> uuid.UUID | None:
    if not text:
        return None
    if (owner := plan.owners.get(text.casefold())) is None:
        raise InvalidInputError(_("Nobody in your team is called “%(name)s”.", name=_short(text)))
    return owner


def _tags(text: str) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(filter(None, map(str.strip, re.split(r"[;,|]", text)))))
    if len(tags) > MOST_ON_A_LEAD or any(len(tag) > MAX_NAME for tag in tags):
        raise InvalidInputError(
            _("A lead has at most %(most)s tags of %(max)s characters.", most=MOST_ON_A_LEAD, max=MAX_NAME)
        )
    return tags


def _arrived(text: str, plan: Plan) -> datetime:
    """Now, unless the line says when. A time that names no zone is the company's."""
    if not text:
        return plan.now
    at = _read_time(text, plan.is_month_first)
    if at is None:
        raise InvalidInputError(_("“%(text)s” is no date. Write it like 2026-03-31.", text=_short(text)))
    at = at if at.tzinfo else at.replace(tzinfo=plan.zone)
    if not plan.now - _OLDEST <= at <= plan.now:
        raise InvalidInputError(_("%(text)s has not come yet, or is too long ago.", text=_short(text)))
    return at


def _read_time(text: str, is_month_first: bool) -> datetime | None:
    try:
        if found := _DAY.fullmatch(text):
            one, two, year, hour, minute = (int(part or 0) for part in found.groups())
            day, month = (two, one) if is_month_first else (one, two)
            return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - the caller knows the zone
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _visit(said: Mapping[str, str]) -> Visit | None:
    """The visit that the line tells of, by its address or by its parts."""
    parts = {name: said[name] for name in (*_UTM, *_CLICKS) if name in said}
    page, referrer = said.get("page", ""), said.get("referrer", "")
    if not (parts or page or referrer):
        return None
    joined = "&" if "?" in page else "?"
    address = (page or _NOWHERE) + (joined + urlencode(parts) if parts else "")
    visit = read_visit(address, referrer)
    return visit if page else replace(visit, landing_page="", host="", path="")


def _source(told: str, visit: Visit | None, classified: Classified | None) -> str:
    if told:
        return _within(told, contact.MAX_NAME)
    return source_words(visit, classified) if visit and classified else _("Imported from a file")


def _within(text: str, most: int) -> str:
    if len(text) > most:
        raise InvalidInputError(_("“%(text)s” is longer than %(most)s characters.", text=_short(text), most=most))
    return text


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
