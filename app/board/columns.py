"""The columns of the board, read by one statement: for each stage its newest leads, and what they are worth."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, literal_column, select, true
from sqlalchemy.orm import Session

from app.core.clock import utc_now
from app.core.gates import fetch, ready
from app.core.money import format_money
from app.core.tenancy import company_of
from app.leads.gates import StageRow
from app.leads.models import Lead, Stage
from app.leads.rows import title

MOST = 20
_OLD, _VERY_OLD = timedelta(days=7), timedelta(days=30)


class Card(NamedTuple):
    """A lead on the board."""

    id: UUID
    name: str
    email: str
    phone: str
    source_words: str
    value_minor: int | None
    currency: str
    created_at: datetime
    updated_at: datetime

    @property
    def title(self) -> str:
        return title(self.name, self.email, self.phone)

    @property
    def value(self) -> str:
        return "" if self.value_minor is None else format_money(self.value_minor, self.currency)

    @property
    def ageing(self) -> str:
        """How long nothing happened: "waiting" after a week, "bad" after a month."""
        still = utc_now() - self.updated_at
        return "bad" if still > _VERY_OLD else "waiting" if still > _OLD else ""


@dataclass(frozen=True)
class Column:
    """One stage: its newest cards, whether there are more, and the worth of those that are shown."""

    stage: StageRow
    cards: tuple[Card, ...]
    has_more: bool
    worth: str


_lead, _stage = Lead.__table__.c, Stage.__table__.c
_newest = (
    select(*(_lead[name] for name in Card._fields))
    .where(_lead.company_id == _stage.company_id, _lead.stage_id == _stage.id, _lead.is_spam.is_(False))
    .order_by(_lead.created_at.desc(), _lead.id.desc())
    .limit(literal_column(str(MOST + 1), Integer()))
    .lateral("newest")
)
_COLUMNS = ready(
    select(*(_stage[name] for name in StageRow._fields), *_newest.c)
    .join_from(Stage.__table__, _newest, true(), isouter=True)
    .where(_stage.company_id == bindparam("company_id", type_=Uuid()), _stage.archived_at.is_(None))
    .order_by(_stage.position, _stage.name, _newest.c.created_at.desc(), _newest.c.id.desc())
)


def columns(session: Session, currency: str) -> list[Column]:
    """Those of the served company, the first stage first."""
    found = fetch(session, _COLUMNS, {"company_id": company_of(session)})
    size = len(StageRow._fields)
    return [
        _column(StageRow._make(stage), (Card._make(row[size:]) for row in rows if row[size] is not None), currency)
        for stage, rows in groupby(found, key=itemgetter(*range(size)))
    ]


def _column(stage: StageRow, found: Iterable[Card], currency: str) -> Column:
    cards = tuple(found)
    shown = cards[:MOST]
    worth = sum(card.value_minor or 0 for card in shown if card.currency == currency)
    return Column(stage, shown, len(cards) > MOST, format_money(worth, currency) if worth else "")
