"""What Leader holds about a member, for that member: read from the data map, table by table."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table
from sqlalchemy.orm import Session

from app.core.data_map import KEEPS, PURPOSES, pack_columns, rule_of, table_rule
from app.core.db import Base
from app.core.events import Event
from app.core.record_words import column_label, table_title
from app.exports import gates

_PERSON = ("user_id", "asked_by", "connected_by", "member_id")
"""By which columns a row about a member names the person."""
_MOST_EVENTS = 10_000


@dataclass(frozen=True)
class Part:
    """The rows of one table, each a mapping from column to value."""

    name: str
    purpose: str
    keep: str
    rows: list[dict[str, Any]]

    @property
    def title(self) -> str:
        return table_title(self.name)

    @property
    def labels(self) -> dict[str, str]:
        """What the columns are called."""
        return {name: column_label(name) for name in self.rows[0]} if self.rows else {}


def own_data(session: Session, user_id: uuid.UUID) -> list[Part]:
    """Every row about this person in the served company, and what the person did there."""
    parts = [_part(session, table, column, user_id) for table in _tables() if (column := _person(table)) is not None]
    events: Table = Event.__table__  # type: ignore[assignment] # SQLAlchemy's base type
    done = [events.c.type, events.c.at]
    rows = gates.rows_where(session, events, done, events.c.actor_id, user_id, most=_MOST_EVENTS)
    return [*parts, _of(events, rows)]


def _tables() -> list[Table]:
    """Tables about members that show them something."""
    tables = Base.metadata.sorted_tables
    return [table for table in tables if table_rule(table).about == "member" and pack_columns(table)]


def _person(table: Table) -> Column[Any] | None:
    if table.name == "users":
        return table.c.id
    return next((table.c[name] for name in _PERSON if name in table.c), None)


def _part(session: Session, table: Table, column: Column[Any], user_id: uuid.UUID) -> Part:
    times = [each for each in table.columns if rule_of(each).kind != "secret" and each.name.endswith("_at")]
    shown = list(dict.fromkeys([*pack_columns(table), *times]))
    shown = [each for each in shown if each.name not in ("id", "company_id", column.name)]
    return _of(table, gates.rows_where(session, table, shown, column, user_id, most=_MOST_EVENTS))


def _of(table: Table, rows: list[dict[str, Any]]) -> Part:
    rule = table_rule(table)
    return Part(table.name, str(PURPOSES[rule.purpose]), str(KEEPS[rule.keep].words), rows)
