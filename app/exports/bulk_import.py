"""Rows that come in as lines of JSON, under the eyes of row-level security.

COPY cannot write into a table under row-level security, so the lines go into a temporary table first; one
INSERT … SELECT takes them from there. Types are those of the target, so nothing is converted here.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from psycopg import Cursor, errors, sql
from sqlalchemy.orm import Session

from app.core.tenancy import company_of

# A connection keeps its plans for checking foreign keys; one made while a table was small reads all of it for each row.
_PLAN_ANEW = "DISCARD PLANS"
_STAGE = sql.SQL("CREATE TEMPORARY TABLE staged_lines (document jsonb) ON COMMIT DROP")
# JSON holds no raw control characters, so with these two nothing is ever quoted.
_FILL = sql.SQL("COPY staged_lines FROM STDIN WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')")
_TAKE = sql.SQL(
    "INSERT INTO {table} (company_id, {columns}) SELECT {company}, {values}"
    " FROM staged_lines, jsonb_populate_record(NULL::{table}, document) r"
)
_CHANGED = sql.SQL("CASE {column}{cases} ELSE {column} END")
_NEW = sql.SQL("replace(gen_random_uuid()::text, '-', '')")
_IF_HERE = sql.SQL("CASE WHEN EXISTS (SELECT 1 FROM {table} p WHERE {joined}) THEN {column} END")


class KeyTakenError(Exception):
    """A key is in use already, perhaps by another company."""


class Reference(Protocol):
    """A column that names a row of another table, and the pairs of columns that join them."""

    @property
    def column(self) -> str: ...
    @property
    def table(self) -> str: ...
    @property
    def pairs(self) -> Sequence[tuple[str, str]]: ...


def without_time_limit(session: Session) -> None:
    """For this transaction: a million rows take longer than a statement otherwise may."""
    with _cursor(session) as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")


def has_rows(session: Session, table: str) -> bool:
    with _cursor(session) as cursor:
        cursor.execute(sql.SQL("SELECT 1 FROM {} WHERE company_id = {} LIMIT 1").format(*_of(session, table)))
        return cursor.fetchone() is not None


def clear_if_allowed(session: Session, table: str) -> None:
    """Delete the company's rows, where the product may delete at all."""
    with _cursor(session) as cursor:
        row = cursor.execute("SELECT has_table_privilege(%s, 'DELETE')", (table,)).fetchone()
        if row and row[0]:
            cursor.execute(sql.SQL("DELETE FROM {} WHERE company_id = {}").format(*_of(session, table)))


def insert_json(
    session: Session,
    table: str,
    columns: Sequence[str],
    pieces: Iterable[bytes],
    changes: Mapping[str, Mapping[str, str]],
    renewed: Sequence[str],
    references: Sequence[Reference],
) -> int:
    """Insert the lines for the served company; their number.

    `changes` maps a column's values to others; `renewed` columns get new keys; a `reference` is kept where the row is
    here, and emptied where it is not.
    """
    company = sql.Literal(company_of(session))
    elsewhere = {reference.column: reference for reference in references}
    values: list[sql.Composable] = []
    for name in columns:
        column = sql.Identifier("r", name)
        if name in renewed:
            values.append(_NEW)
        elif name in changes:
            values.append(_changed(column, changes[name]))
        elif name in elsewhere:
            values.append(_if_here(elsewhere[name], company))
        else:
            values.append(column)
    take = _TAKE.format(
        table=sql.Identifier(table),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        company=company,
        values=sql.SQL(", ").join(values),
    )
    return _stage_and_take(session, pieces, take)


def adopt_settings(session: Session, pieces: Iterable[bytes], columns: Sequence[str]) -> None:
    """Give the served company these columns of the one line in `pieces`."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    values = sql.SQL(", ").join(sql.Identifier("r", name) for name in columns)
    update = sql.SQL(
        "UPDATE companies SET ({}) = (SELECT {} FROM staged_lines,"
        " jsonb_populate_record(NULL::companies, document) r) WHERE id = {}"
    )
    _stage_and_take(session, pieces, update.format(names, values, sql.Literal(company_of(session))))


def _stage_and_take(session: Session, pieces: Iterable[bytes], take: sql.Composed) -> int:
    with _cursor(session) as cursor:
        cursor.execute(_STAGE)
        with cursor.copy(_FILL) as copy:
            for piece in pieces:
                copy.write(piece)
        cursor.execute(_PLAN_ANEW)
        try:
            cursor.execute(take)
        except errors.UniqueViolation:
            raise KeyTakenError from None
        count = cursor.rowcount
        cursor.execute("DROP TABLE staged_lines")
    return count


def _changed(column: sql.Identifier, others: Mapping[str, str]) -> sql.Composable:
    case = sql.SQL(" WHEN {} THEN {}")
    cases = sql.Composed([case.format(sql.Literal(old), sql.Literal(new)) for old, new in others.items()])
    return _CHANGED.format(column=column, cases=cases)


def _if_here(reference: Reference, company: sql.Literal) -> sql.Composable:
    joined = sql.SQL(" AND ").join(
        sql.SQL("{} = {}").format(
            sql.Identifier("p", theirs), company if ours == "company_id" else sql.Identifier("r", ours)
        )
        for ours, theirs in reference.pairs
    )
    column = sql.Identifier("r", reference.column)
    return _IF_HERE.format(table=sql.Identifier(reference.table), joined=joined, column=column)


def _of(session: Session, table: str) -> tuple[sql.Identifier, sql.Literal]:
    return sql.Identifier(table), sql.Literal(company_of(session))


def _cursor(session: Session) -> Cursor[Any]:
    cursor: Cursor[Any] = session.connection().connection.cursor()  # type: ignore[assignment] # SQLAlchemy's wrapper
    return cursor
