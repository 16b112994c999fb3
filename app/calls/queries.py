"""Reading calls: pages of the table as column tuples, and the calls of one lead."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.calls.models import Call, CallNumber, CallProvider, CallSettings
from app.core.errors import NotFoundError
from app.core.pagination import PAGE_SIZE, Position
from app.core.words import gettext as _
from app.leads.models import Lead

OUTCOMES = ("missed", "answered")
_MOST_OF_LEAD = 50


class CallRow(NamedTuple):
    """One line of the table."""

    id: uuid.UUID
    lead_id: uuid.UUID | None
    lead_name: str | None
    direction: str
    caller: str
    called: str
    outcome: str
    seconds: int | None
    source_words: str
    started_at: datetime


@dataclass(frozen=True)
class CallPage:
    """Up to PAGE_SIZE calls, the newest first, and where the next page starts, if there is one."""

    rows: Sequence[CallRow]
    older: Position | None


_ROW = (
    Call.id,
    Call.lead_id,
    Lead.name,
    Call.direction,
    Call.caller,
    Call.called,
    Call.outcome,
    Call.seconds,
    Call.source_words,
    Call.started_at,
)


def page(session: Session, outcome: str, after: Position | None) -> CallPage:
    """One page of the table; `outcome` is one of OUTCOMES, or empty for every call. Legs whose call was not heard of
    are left out."""
    statement = (
        select(*_ROW)
        .outerjoin(Lead, Lead.id == Call.lead_id)
        .where(Call.direction != "")
        .order_by(Call.started_at.desc(), Call.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if outcome in OUTCOMES:
        statement = statement.where(Call.outcome == outcome)
    if after is not None:
        statement = statement.where(tuple_(Call.started_at, Call.id) < (after.at, after.id))
    rows = [CallRow._make(row) for row in session.execute(statement)]
    shown = rows[:PAGE_SIZE]
    return CallPage(shown, Position(shown[-1].started_at, shown[-1].id) if len(rows) > PAGE_SIZE else None)


def find(session: Session, call_id: uuid.UUID) -> tuple[Call, str]:
    """The call and the name of its lead. Raises NotFoundError, also for another company's."""
    statement = select(Call, Lead.name).outerjoin(Lead, Lead.id == Call.lead_id)
    found = session.execute(statement.where(Call.id == call_id, Call.direction != "")).one_or_none()
    if found is None:
        raise NotFoundError(_("There is no such call."))
    return found[0], found[1] or ""


def of_lead(session: Session, lead_id: uuid.UUID) -> Sequence[Call]:
    """The lead's calls, the newest first."""
    statement = select(Call).where(Call.lead_id == lead_id).order_by(Call.started_at.desc(), Call.id.desc())
    return session.scalars(statement.limit(_MOST_OF_LEAD)).all()


def by_external_id(session: Session, provider: str, external_id: str) -> Call | None:
    return session.scalar(select(Call).where(Call.provider == provider, Call.external_id == external_id))


def number(session: Session, number_e164: str) -> CallNumber | None:
    """The company's tracking number of this spelling."""
    return session.scalar(select(CallNumber).where(CallNumber.number_e164 == number_e164))


def numbers(session: Session) -> Sequence[CallNumber]:
    return session.scalars(select(CallNumber).order_by(CallNumber.source, CallNumber.number_e164)).all()


def settings(session: Session) -> CallSettings | None:
    """None for a company that never switched calls on."""
    return session.scalar(select(CallSettings))


def providers(session: Session) -> dict[str, CallProvider]:
    """What is known of each provider that has a secret."""
    return {each.provider: each for each in session.scalars(select(CallProvider))}
