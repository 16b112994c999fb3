"""The statements of the table of leads, which pass by the ORM and its filter.

They are the product's most frequent reads, so each is compiled once, goes straight to the driver, and names its
company itself; row-level security stands behind it as ever. The search must go
through the database's function `search_leads` (migration 0002): row-level security would keep LIKE from using
the trigram index. It answers with ids, and the rows are then read like the others.
"""

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from app.core.db import Instant
from app.core.gates import fetch, ready
from app.core.pagination import Position
from app.core.tenancy import company_of
from app.leads.models import Lead, Stage


class LeadRow(NamedTuple):
    """What the table shows of a lead."""

    id: UUID
    created_at: datetime
    stage_id: UUID
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


_lead = Lead.__table__.c
_stage = Stage.__table__.c
_company = bindparam("company_id", type_=Uuid())
_in_stage = bindparam("stage_id", type_=Uuid())
_is_spam = bindparam("is_spam", type_=Boolean())
_at, _id = bindparam("at", type_=Instant()), bindparam("id", type_=Uuid())
_most = bindparam("most", type_=Integer())

_LEADS = select(*(_lead[name] for name in LeadRow._fields)).where(_lead.company_id == _company)
_STAGES = ready(
    select(*(_stage[name] for name in StageRow._fields))
    .where(_stage.company_id == _company)
    .order_by(_stage.position, _stage.name)
)


def stages(session: Session) -> list[StageRow]:
    """The company's stages, the first one first."""
    return [StageRow._make(row) for row in fetch(session, _STAGES, {"company_id": company_of(session)})]


def newest(
    session: Session, *, stage_id: UUID | None, is_spam: bool, term: str, after: Position | None, most: int
) -> list[LeadRow]:
    """The newest leads after the position that contain the term, the newest first."""
    given = {"stage_id": stage_id, "is_spam": is_spam, "term": term, "most": most, **_place(after)}
    statement = _containing() if term else _newest(stage_id is not None, after is not None, most)
    return _read(session, statement, given)


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


@cache
def _containing() -> str:
    found = func.search_leads(bindparam("term", type_=Text()), _in_stage, _is_spam, _at, _id, _most).table_valued(
        "lead_id"
    )
    ids = func.array(select(found.c.lead_id).scalar_subquery())
    return ready(_LEADS.where(_lead.id == any_(ids)).order_by(_lead.created_at.desc(), _lead.id.desc()))


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
