"""The subject pack: the answer to "What do you hold about me?".

Every value that is kept of a person, with what it is kept for and how long, where it came from, the words that they
were shown, and who was told. Which columns belong in it says the data map, so that a new table is in the pack by
being mapped.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.models import Member, User
from app.companies.models import Company
from app.core import record_words
from app.core.clock import utc_now
from app.core.data_map import KEEPS, PURPOSES, rule_of, table_rule
from app.core.db import Base
from app.leads import queries
from app.leads.models import Lead
from app.subjects import erasing, finding, gates, words
from app.subjects.redaction import Redactor


@dataclass(frozen=True)
class Value:
    """One value: the column's name for machines, its label for people."""

    name: str
    label: str
    value: str


@dataclass(frozen=True)
class Section:
    """All of one kind that is held: what for, how long, and the records, each as its values."""

    name: str
    title: str
    purpose: str
    kept: str
    records: Sequence[Sequence[Value]]


@dataclass(frozen=True)
class Held:
    """What is held of one lead."""

    lead_id: uuid.UUID
    arrived_at: datetime
    origin: str
    is_frozen: bool
    sections: Sequence[Section]
    recipients: Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Pack:
    """Everything about one person in one company."""

    company: str
    made_at: datetime
    leads: Sequence[Held]

    def as_json(self) -> dict[str, Any]:
        """For a download: plain JSON values."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def make(session: Session, lead_id: uuid.UUID) -> Pack:
    """The pack of the person behind a lead, with every other lead of theirs. Raises NotFoundError."""
    company = session.scalars(select(Company)).one()
    lead = queries.lead(session, lead_id)
    leads = finding.same_person(session, lead)
    redactor = Redactor(_own(leads), _staff(session), company.region)
    return Pack(company.name, utc_now(), [_held(session, lead, redactor) for lead in leads])


def _held(session: Session, lead: Lead, redactor: Redactor) -> Held:
    rows = gates.rows_of(session, lead.id)
    return Held(
        lead_id=lead.id,
        arrived_at=lead.created_at,
        origin=words.origin(lead.channel, lead.source_words),
        is_frozen=lead.restricted_at is not None,
        sections=[section for name, found in rows.items() if (section := _section(name, found, redactor))],
        recipients=erasing.recipients(session, lead.id),
    )


def _section(name: str, rows: Sequence[Mapping[str, Any]], redactor: Redactor) -> Section | None:
    table = Base.metadata.tables[name]
    shown = [column.name for column in table.columns if _is_shown(rule_of(column).kind, rule_of(column).in_pack)]
    records = [[value for column in shown if (value := _value(column, row[column], redactor))] for row in rows]
    records = [record for record in records if record]
    if not records:
        return None
    rule = table_rule(table)
    return Section(
        name, record_words.table_title(name), str(PURPOSES[rule.purpose]), str(KEEPS[rule.keep].words), records
    )


def _is_shown(kind: str, in_pack: bool) -> bool:
    """What the business noted about a lead is about that person too."""
    return in_pack or kind == "business"


def _value(name: str, value: Any, redactor: Redactor) -> Value | None:
    """Empty values say nothing and are left out; ids of other rows mean nothing to the person."""
    if value is None or value in ("", b"", {}, []) or isinstance(value, uuid.UUID):
        return None
    return Value(name, record_words.column_label(name), words.readable(redactor.clean(_read(value))))


def _read(value: Any) -> Any:
    return bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else value


def _own(leads: Sequence[Lead]) -> set[str]:
    return {text for lead in leads for text in (lead.email, lead.phone_e164) if text}


def _staff(session: Session) -> list[str]:
    return list(session.scalars(select(User.name).join(Member, Member.user_id == User.id)))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value
