"""Which leads the table is asked for: by stage, term, owner, tag, channel, days, value, or that they wait; or spam."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.core.errors import InvalidInputError, NotFoundError
from app.core.money import to_minor
from app.core.words import gettext as _
from app.fields import narrowing, shaping
from app.leads import contact, gates, naming, stages
from app.leads.gates import StageRow
from app.leads.naming import Named

SPAM = "spam"
"""Stands in the place of a stage: leads that were taken for spam are in the table only when they are asked
for."""
ME, NOBODY = "me", "nobody"
"""Stand in the place of an owner. `me` is whoever looks, so that a view which is shared fits each of its readers."""

_LONGEST_TERM = 100
_DAY = timedelta(days=1)


class BadFilterError(InvalidInputError):
    """A day or an amount that is none: the page of filters answers, with all that was typed."""


@dataclass(frozen=True)
class Asked:
    """What an address asks of the table, as it arrived."""

    stage: str = ""
    term: str = ""
    owner: str = ""
    tag: str = ""
    channel: str = ""
    waiting: str = ""
    since: str = ""
    until: str = ""
    least: str = ""
    most: str = ""
    campaign: str = ""
    conversion: str = ""
    notes: str = ""
    field: str = ""
    """The id of one of the company's own fields, and `fits` what it should say."""
    fits: str = ""
    sort: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "Asked":
        return cls(**{field: arguments[name] for field, name in NAMES.items() if name in arguments})

    def arguments(self) -> dict[str, str]:
        """Those that say something, by their names in an address."""
        return {name: value for field, name in NAMES.items() if (value := getattr(self, field))}


CONVERSIONS = ("pending", "sending", "sent", "accepted", "rejected", "waiting", "held", "skipped", "parked")
"""What may have become of a report to the advertising platform."""

NAMES = {field.name: field.name for field in fields(Asked)} | {"term": "q", "since": "from"}
"""What is asked → its name in an address."""


@dataclass(frozen=True)
class Reader:
    """Who looks, which days are theirs, and what they count in."""

    user_id: uuid.UUID
    time_zone: str
    currency: str
    sees_own_only: bool = False


@dataclass(frozen=True)
class Filters:
    """Without any: all leads but spam."""

    stage_id: uuid.UUID | None = None
    term: str = ""
    is_spam: bool = False
    owner_id: uuid.UUID | None = None
    is_unowned: bool = False
    tag_id: uuid.UUID | None = None
    channel: str = ""
    is_waiting: bool = False
    since: datetime | None = None
    until: datetime | None = None
    """The first moment that is too late."""
    least: int | None = None
    most: int | None = None
    campaign: str = ""
    conversion: str = ""
    notes: str = ""
    of_field: tuple[tuple[str, str], ...] = ()
    """What one of the company's own fields should say, as the gate takes it."""
    is_of_one: bool = False
    """Whoever looks sees their own leads alone. The database keeps to it; this says which way of reading is quick."""

    def __bool__(self) -> bool:
        return self != Filters(is_of_one=self.is_of_one)

    @property
    def is_narrow(self) -> bool:
        """True when more is asked for than a stage."""
        return self != Filters(stage_id=self.stage_id, is_spam=self.is_spam, is_of_one=self.is_of_one)

    def wanted(self) -> dict[str, str]:
        """The conditions that are set, as the gate takes them."""
        given = {name: str(value) for name, value in asdict(self).items() if value or type(value) is int}
        given.pop("is_spam", None)
        given.pop("is_of_one", None)
        given.pop("of_field", None)
        of_field = dict(self.of_field)
        if like := of_field.get("field_like"):
            of_field["field_like"] = gates.pattern(like)
        words = {"pattern": given.pop("term", ""), "notes": given.pop("notes", "")}
        return given | of_field | {name: gates.pattern(text) for name, text in words.items() if text}


def parse(known: Sequence[StageRow], asked: Asked, reader: Reader, named: Named) -> Filters:
    """The filters that an address names. Raises NotFoundError when there is no such stage, owner or tag, and
    BadFilterError for a day or an amount that is none; a term is cut rather than refused, because people paste into
    search fields."""
    is_spam = asked.stage == SPAM
    return Filters(
        stage_id=stages.chosen(known, asked.stage).id if asked.stage and not is_spam else None,
        term=contact.one_line(asked.term[: 4 * _LONGEST_TERM])[:_LONGEST_TERM].strip(),
        is_spam=is_spam,
        owner_id=_known(named.owner_id) if asked.owner not in ("", NOBODY) else None,
        is_unowned=asked.owner == NOBODY,
        tag_id=_known(named.tag_id) if asked.tag else None,
        channel=contact.one_line(asked.channel[:_LONGEST_TERM]),
        is_waiting=bool(asked.waiting),
        since=_midnight(asked.since, reader.time_zone),
        until=_midnight(asked.until, reader.time_zone, _DAY),
        least=_amount(asked.least, reader.currency),
        most=_amount(asked.most, reader.currency),
        campaign=contact.one_line(asked.campaign[:_LONGEST_TERM]),
        conversion=_one_of(CONVERSIONS, asked.conversion),
        notes=contact.one_line(asked.notes[:_LONGEST_TERM]),
        of_field=_of_field(asked, named),
        is_of_one=reader.sees_own_only,
    )


def problems(asked: Asked, reader: Reader) -> dict[str, str]:
    """What is wrong with days and amounts, by their names in an address: for the form, which keeps what was typed."""
    checks: dict[str, Callable[[], object]] = {
        "since": lambda: _midnight(asked.since, reader.time_zone),
        "until": lambda: _midnight(asked.until, reader.time_zone, _DAY),
        "least": lambda: _amount(asked.least, reader.currency),
        "most": lambda: _amount(asked.most, reader.currency),
    }
    found = {}
    for field, check in checks.items():
        try:
            check()
        except BadFilterError as error:
            found[NAMES[field]] = error.sentence
    return found


def name(session: Session, asked: Asked, reader: Reader) -> Named:
    """The owner and the tag that an address names; nothing is read when it names none."""
    owner = str(reader.user_id) if asked.owner == ME else asked.owner
    owner_id = _uuid(owner) if owner != NOBODY else None
    tag = contact.one_line(asked.tag[:_LONGEST_TERM])
    named = naming.named(session, owner_id, tag) if owner_id or tag else Named()
    return named._replace(field=shaping.find(session, _uuid(asked.field))) if asked.field else named


def _of_field(asked: Asked, named: Named) -> tuple[tuple[str, str], ...]:
    if not asked.field:
        return ()
    if named.field is None:
        raise NotFoundError(_("There is no such field any more. Start again from all leads."))
    return tuple(narrowing.conditions(named.field, asked.fits).items())


def _one_of(known: Sequence[str], text: str) -> str:
    if text and text not in known:
        raise NotFoundError(_("There is no such choice any more. Reload the page and try again."))
    return text


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None


def _known(found: uuid.UUID | None) -> uuid.UUID:
    if found is None:
        raise NotFoundError(_("There is no such owner or tag any more. Start again from all leads."))
    return found


def _midnight(text: str, zone: str, later: timedelta = timedelta()) -> datetime | None:
    """The beginning of the day, in the company's zone."""
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text) + later, time(), ZoneInfo(zone))
    except (ValueError, OverflowError):
        raise BadFilterError(_("Enter a day such as 2026-11-30.")) from None


def _amount(text: str, currency: str) -> int | None:
    if not text.strip():
        return None
    try:
        return to_minor(text[:_LONGEST_TERM], currency)
    except ValueError as error:
        raise BadFilterError(str(error)) from None
