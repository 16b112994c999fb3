"""One moment of a company's data, read row by row with PostgreSQL's COPY.

The transaction is REPEATABLE READ and read-only, so that all tables are of the same moment, and row-level security
stands behind the condition on the company. Nothing is held in memory but the piece at hand.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Cursor, sql
from sqlalchemy import Column, Table, Text
from sqlalchemy.orm import Session

from app.core import tenancy
from app.core.spreadsheets import TRIGGERS
from app.exports.contents import Sheet, flags, parents

_PIECE = 1 << 20
_TIMES = sql.SQL("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = '15min'")


@contextmanager
def snapshot(new_session: Callable[[], Session], company_id: uuid.UUID) -> Iterator["Snapshot"]:
    """The company's data as it is now; it stays so inside the `with`."""
    session = new_session()
    try:
        tenancy.serve(session, company_id)
        session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
        yield Snapshot(session, company_id)
    finally:
        session.close()


class Snapshot:
    """Reads sheets as CSV and as lines of JSON."""

    def __init__(self, session: Session, company_id: uuid.UUID) -> None:
        self.session, self._company_id = session, company_id
        with self._cursor() as cursor:
            cursor.execute(_TIMES)

    def count(self, sheet: Sheet) -> int:
        with self._cursor() as cursor:
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(self._rows(sheet)))
            row = cursor.fetchone()
        return int(row[0]) if row else 0

    def csv(self, sheet: Sheet) -> Iterator[tuple[bytes, int]]:
        """(piece, rows in it): RFC 4180 with a heading. A text that a spreadsheet would run gets an apostrophe."""
        columns = sql.SQL(", ").join(map(_guarded, sheet.columns))
        query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT WITH (FORMAT csv)").format(columns, self._rows(sheet))
        yield ",".join(f'"{column.name}"' for column in sheet.columns).encode() + b"\r\n", 0
        for rows in self._copy(query):
            yield b"\r\n".join([row[:-1] for row in rows]) + b"\r\n", len(rows)

    def json_lines(self, sheet: Sheet) -> Iterator[tuple[bytes, int]]:
        """(piece, rows in it): one JSON object a line, unchanged values, bytes as hexadecimal digits."""
        # JSON holds no raw control characters, so with these two nothing is ever quoted.
        query = sql.SQL("COPY ({}) TO STDOUT WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')")
        for rows in self._copy(query.format(self._as_json(sheet))):
            yield b"".join(rows), len(rows)

    def newest(self, sheet: Sheet, most: int) -> Iterator[bytes]:
        """JSON objects of the rows that were made last."""
        query = sql.SQL("{} ORDER BY t.id DESC LIMIT {}").format(self._as_json(sheet), sql.Literal(most))
        with self._cursor() as cursor:
            for (row,) in cursor.execute(sql.SQL("SELECT document::text FROM ({}) newest").format(query)):
                yield row.encode()

    def _as_json(self, sheet: Sheet) -> sql.Composed:
        """Objects with the sheet's columns, under the name of `document`, beside nothing."""
        columns = sql.SQL(", ").join(sql.Identifier("t", column.name) for column in sheet.columns)
        object_of = sql.SQL("SELECT row_to_json(picked) AS document FROM {} CROSS JOIN LATERAL (SELECT {}) picked")
        return object_of.format(self._rows(sheet), columns)

    def _rows(self, sheet: Sheet) -> sql.Composed:
        """The company's own rows of a table, without demonstrations, as `t`."""
        company = sql.Literal(self._company_id)
        own = {
            "companies": sql.SQL("t.id = {}").format(company),
            "users": sql.SQL("t.id IN (SELECT user_id FROM members WHERE company_id = {})").format(company),
        }.get(sheet.name, sql.SQL("t.company_id = {}").format(company))
        made_up = _made_up(sheet.table, "t")
        condition = sql.SQL("{} AND NOT ({})").format(own, made_up) if made_up else own
        return sql.SQL("(SELECT t.* FROM {} t WHERE {}) t").format(sql.Identifier(sheet.name), condition)

    def _copy(self, query: sql.Composed) -> Iterator[list[bytes]]:
        with self._cursor() as cursor, cursor.copy(query) as copy:
            rows, size = [], 0
            for row in copy:
                rows.append(bytes(row))
                size += len(row)
                if size >= _PIECE:
                    yield rows
                    rows, size = [], 0
            if rows:
                yield rows

    def _cursor(self) -> Cursor[Any]:
        cursor: Cursor[Any] = self.session.connection().connection.cursor()  # type: ignore[assignment] # its wrapper
        return cursor


def _made_up(table: Table, alias: str, depth: int = 0) -> sql.Composable | None:
    """True of a row that is demonstration or hangs from one; none when no row of the table can be."""
    found: list[sql.Composable] = [sql.Identifier(alias, flag.name) for flag in flags(table)]
    for parent, pairs in parents(table):
        above, name = f"{alias}{depth}", sql.Identifier(parent.name)
        if parent.name != "companies" and (inner := _made_up(parent, above, depth + 1)):
            joined = sql.SQL(" AND ").join(
                sql.SQL("{} = {}").format(sql.Identifier(above, theirs), sql.Identifier(alias, ours))
                for ours, theirs in pairs
            )
            exists = sql.SQL("EXISTS (SELECT 1 FROM {} {} WHERE {} AND ({}))")
            found.append(exists.format(name, sql.Identifier(above), joined, inner))
    return sql.SQL(" OR ").join(found) if found else None


def _guarded(column: Column[Any]) -> sql.Composable:
    name = sql.Identifier("t", column.name)
    if not isinstance(column.type, Text):
        return name
    triggers = sql.SQL(", ").join(map(sql.Literal, TRIGGERS))
    return sql.SQL("CASE WHEN ascii({0}) IN ({1}) THEN '''' || {0} ELSE {0} END").format(name, triggers)
