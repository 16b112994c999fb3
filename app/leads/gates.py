"""The statements of the table of leads, which pass by the ORM and its filter.

They are the product's most frequent reads, so each is compiled once, goes straight to the driver, and names its
company itself; row-level security stands behind it as ever. What is searched or narrowed goes through the
database's function `search_leads` (migration "narrowing_leads"): row-level security would keep LIKE from using the
trigram index, and the function plans each time anew. It answers with ids, and the rows are then read like the others.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from app.core.db import Instant
from app.core.gates import fetch, ready
from app.core.pagination import Position
from app.core.tenancy import company_of
from app.leads.models import Lead, Stage
from app.leads.sorting import Place


class LeadRow(NamedTuple):
    """What the table shows of a lead. Its ids are texts: they are only written, and compared with other rows'."""

    id: str
    created_at: datetime
    stage_id: str
    name: str
    email: str
    phone: str
    channel: str
    source_words: str
    value_minor: int | None
    currency: str
    is_test: bool
    is_demo: bool


class StageRow(NamedTuple):
    """A stage as pages need it."""

    id: UUID
    name: str
    kind: str
    colour: str = ""


_lead = Lead.__table__.c
_stage = Stage.__table__.c
_company = bindparam("company_id", type_=Uuid())
_in_stage = bindparam("stage_id", type_=Uuid())
_is_spam = bindparam("is_spam", type_=Boolean())
_at, _id = bindparam("at", type_=Instant()), bindparam("id", type_=Uuid())

_shown = (cast(_lead[name], Text) if name in ("id", "stage_id") else _lead[name] for name in LeadRow._fields)
_LEADS = select(*_shown).where(_lead.company_id == _company)
_STAGES = ready(
    select(*(_stage[name] for name in StageRow._fields))
    .where(_stage.company_id == _company, _stage.archived_at.is_(None))
    .order_by(_stage.position, _stage.name)
)

_hit = func.search_leads(
    bindparam("wanted", type_=JSONB()), _is_spam, _at, _id, bindparam("most", type_=Integer())
).table_valued("lead_id")
_FOUND = ready(
    _LEADS.where(_lead.id == any_(func.array(select(_hit.c.lead_id).scalar_subquery()))).order_by(
        _lead.created_at.desc(), _lead.id.desc()
    )
)
_nth = (
    func.search_leads(bindparam("wanted", type_=JSONB()), _is_spam, _at, _id, bindparam("most", type_=Integer()))
    .table_valued("lead_id", with_ordinality="place")
    .render_derived()
)
_IN_ORDER = ready(
    _LEADS.add_columns(
        func.lower(_lead.name), func.coalesce(_lead.value_minor, literal_column("-1")), _lead.updated_at, _lead.owner_id
    )
    .where(_lead.id == _nth.c.lead_id)
    .order_by(_nth.c.place)
)


def stages(session: Session) -> list[StageRow]:
    """The company's stages, the first one first."""
    return [StageRow._make(row) for row in fetch(session, _STAGES, {"company_id": company_of(session)})]


def pattern(term: str) -> str:
    """What LIKE finds the term by, wherever it stands in a text."""
    return "%" + term.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"


def newest(
    session: Session, *, stage_id: UUID | None, is_spam: bool, after: Position | None, most: int
) -> list[LeadRow]:
    """The newest leads after the position, the newest first."""
    given = {"stage_id": stage_id, "is_spam": is_spam, **_place(after)}
    return _read(session, _newest(stage_id is not None, after is not None, most), given)


def found(
    session: Session, *, wanted: Mapping[str, str], is_spam: bool, after: Position | None, most: int
) -> list[LeadRow]:
    """The same of the leads that meet all that is wanted (`Filters.wanted`)."""
    given = {"wanted": Jsonb(wanted), "is_spam": is_spam, "most": most, **_place(after)}
    return _read(session, _FOUND, given)


class SortedRow(NamedTuple):
    """A lead with what the table may be ordered by."""

    lead: LeadRow
    name: str
    value: int
    activity: datetime
    owner: UUID | None


def in_order(
    session: Session, *, wanted: Mapping[str, str], is_spam: bool, after: Place | None, most: int
) -> list[SortedRow]:
    """As `found`, in the order that `wanted` names under "sort"."""
    wanted = {**wanted, "after": after.key} if after else wanted
    place = {"at": after.at, "id": after.id} if after else {"at": None, "id": None}
    given = {"company_id": company_of(session), "wanted": Jsonb(wanted), "is_spam": is_spam, "most": most, **place}
    size = len(LeadRow._fields)
    return [SortedRow(LeadRow._make(row[:size]), *row[size:]) for row in fetch(session, _IN_ORDER, given)]


def arrived(
    session: Session,
    *,
    stage_id: UUID | None,
    is_spam: bool,
    since: Position | None,
    before: datetime,
    most: int,
) -> list[LeadRow]:
    """The leads that came after the position and before the time, the oldest first."""
    given = {"stage_id": stage_id, "is_spam": is_spam, "before": before, **_place(since)}
    return _read(session, _arrived(stage_id is not None, since is not None, most), given)


@cache
def _newest(in_stage: bool, after: bool, most: int) -> str:
    statement = _of_kind(in_stage)
    if after:
        statement = statement.where(tuple_(_lead.created_at, _lead.id) < tuple_(_at, _id))
    return ready(statement.order_by(_lead.created_at.desc(), _lead.id.desc()).limit(_literal(most)))


@cache
def _arrived(in_stage: bool, since: bool, most: int) -> str:
    statement = _of_kind(in_stage).where(_lead.created_at < bindparam("before", type_=Instant()))
    if since:
        statement = statement.where(tuple_(_lead.created_at, _lead.id) > tuple_(_at, _id))
    return ready(statement.order_by(_lead.created_at, _lead.id).limit(_literal(most)))


def _literal(most: int) -> ColumnElement[int]:
    """Written out: with a parameter for its limit PostgreSQL would plan the statement anew each time it runs, which
    takes as long as the reading."""
    return literal_column(str(most), Integer())


def _of_kind(in_stage: bool) -> Select[Any]:
    statement = _LEADS.where(_lead.is_spam == _is_spam)
    return statement.where(_lead.stage_id == _in_stage) if in_stage else statement


def _place(position: Position | None) -> dict[str, Any]:
    return {"at": position.at, "id": position.id} if position else {"at": None, "id": None}


def _read(session: Session, statement: str, given: dict[str, Any]) -> list[LeadRow]:
    rows = fetch(session, statement, {"company_id": company_of(session), **given})
    return [LeadRow._make(row) for row in rows]
