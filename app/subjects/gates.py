"""Statements that walk over every table that holds rows of a lead.

They are made from the models' metadata, so that a new table is covered by being there. They pass by the ORM's filter
and name the company themselves; row-level security stands behind them.
"""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.db import Base
from app.core.ids import new_id
from app.core.tenancy import company_of
from app.leads.models import Lead
from app.subjects.cells import Cell
from app.subjects.models import Erasure, LeadTotal

LEADS: Table = Lead.__table__  # type: ignore[assignment] # a table, not just something to select from
TOTALS: Table = LeadTotal.__table__  # type: ignore[assignment]

BY_ID = {"inbox_items": "id"}
"""Tables without a foreign key whose column holds the lead's id all the same."""
_NOT_HELD = {Erasure.__tablename__}
"""Says that a lead is gone, and nothing about it."""


def holding_tables() -> Iterator[tuple[Table, list[Column[Any]]]]:
    """Each table that holds rows of a lead with the columns that lead there, parents before children."""
    held = {LEADS.name}
    for table in Base.metadata.sorted_tables:
        columns = [*_links(table, held)]
        if columns:
            held.add(table.name)
            yield table, columns


def rows_of(session: Session, lead_id: uuid.UUID) -> dict[str, list[Mapping[str, Any]]]:
    """Everything that is held of a lead, by table; tables that hold nothing are left out."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for table, condition in _conditions(session, lead_id):
        order = table.c.id if "id" in table.c else None
        rows = session.execute(select(table).where(condition).order_by(order)).mappings().all()
        if rows:
            found[table.name] = [dict(row) for row in rows]
    return found


def counts_of(session: Session, lead_id: uuid.UUID) -> dict[str, int]:
    """How many rows each table holds of a lead."""
    counted = {
        table.name: session.scalar(select(func.count()).select_from(table).where(condition)) or 0
        for table, condition in _conditions(session, lead_id)
    }
    return {name: number for name, number in counted.items() if number}


def delete_lead(session: Session, lead_id: uuid.UUID) -> None:
    """Delete the lead with all that hangs from it; then the rows that name it without hanging from it."""
    company_id = company_of(session)
    session.execute(delete(LEADS).where(LEADS.c.company_id == company_id, LEADS.c.id == lead_id))
    for table, columns in holding_tables():
        loose = [column for column in columns if not column.foreign_keys]
        if loose and table.name not in BY_ID and table is not LEADS:
            session.execute(
                delete(table).where(table.c.company_id == company_id, or_(*(column == lead_id for column in loose)))
            )


def totals(session: Session) -> dict[Cell, int]:
    """How many leads each cell of the served company's totals holds."""
    columns = [TOTALS.c[name] for name in Cell._fields]
    rows = session.execute(select(*columns, TOTALS.c.leads).where(TOTALS.c.company_id == company_of(session)))
    return {Cell(*row[:-1]): int(row[-1]) for row in rows}


def add_to_total(session: Session, cell: Mapping[str, Any], measures: Mapping[str, int]) -> None:
    """So much more in the cell."""
    row = insert(TOTALS).values(company_id=company_of(session), id=new_id(), **cell, **measures)
    more = {name: TOTALS.c[name] + row.excluded[name] for name in measures}
    session.execute(row.on_conflict_do_update(constraint="uq_lead_totals_cell", set_=more))


def _links(table: Table, held: set[str]) -> Iterator[Column[Any]]:
    if table is LEADS:
        yield table.c.id
    elif table.name in BY_ID:
        yield table.c[BY_ID[table.name]]
    elif table.name not in _NOT_HELD and "company_id" in table.c:
        for column in table.c:
            targets = {key.column.table.name for key in column.foreign_keys if key.column.name == "id"}
            if targets & held or (column.name == "lead_id" and not targets):
                yield column


def _conditions(session: Session, lead_id: uuid.UUID) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    company_id = company_of(session)
    known: dict[str, ColumnElement[bool]] = {}
    for table, columns in holding_tables():
        ways = [_way(column, known, lead_id) for column in columns]
        known[table.name] = (table.c.company_id == company_id) & or_(*ways)
        yield table, known[table.name]


def _way(column: Column[Any], known: Mapping[str, ColumnElement[bool]], lead_id: uuid.UUID) -> ColumnElement[bool]:
    """How a row belongs to the lead: it names the lead, or a row that belongs to it."""
    for key in column.foreign_keys:
        parent = key.column.table
        if parent is not LEADS and parent.name in known and key.column.name == "id":
            return column.in_(select(parent.c.id).where(known[parent.name]))
    return column == lead_id
