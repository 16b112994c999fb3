"""The statement of the export, which PostgreSQL writes as lines of CSV and hands over piece by piece.

It names its company itself, as the reads of the table do; row-level security stands behind it as ever.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy.orm import Session

from app.core.spreadsheets import TRIGGERS
from app.core.tenancy import company_of

_PIECE = 2_000
_TIMES = "SET LOCAL idle_in_transaction_session_timeout = '5min'"
"""A slow reader holds the cursor open between two pieces."""

_CELLS = (
    "l.name",
    "l.email",
    "l.phone",
    "coalesce(%(channels)s ->> l.channel, l.channel)",
    "l.source_words",
    "s.name",
    "coalesce(u.name, '')",
    "coalesce(round(l.value_minor / 10::numeric ^ p.places, p.places)::text, '')",
    "l.currency",
    "to_char(l.created_at AT TIME ZONE %(time_zone)s, 'YYYY-MM-DD HH24:MI')",
)
_LINES = sql.SQL("""
    SELECT {line} FROM leads l
      JOIN stages s ON s.company_id = l.company_id AND s.id = l.stage_id
      LEFT JOIN users u ON u.id = l.owner_id
     CROSS JOIN LATERAL (SELECT (%(places)s ->> l.currency)::integer AS places) p
     WHERE l.company_id = %(company_id)s AND l.is_spam = %(is_spam)s AND NOT l.is_test AND NOT l.is_demo {narrow}
     ORDER BY {order} l.created_at DESC, l.id DESC
""")
_NARROW = sql.SQL("AND l.id IN (SELECT lead_id FROM search_leads(%(wanted)s, %(is_spam)s, NULL, NULL, NULL))")


_ORDERS = {
    "arrival": "l.created_at {way}, l.id {way},",
    "name": "lower(l.name) {way}, l.id {way},",
    "value": "coalesce(l.value_minor, -1) {way}, l.id {way},",
    "activity": "l.updated_at {way}, l.id {way},",
    "stage": "s.position {way}, s.name {way},",
    "owner": "u.name {way} NULLS {last}, u.id {way},",
}
"""As `search_leads` orders a page."""
_OF_FIELD = (
    "coalesce((SELECT v.value FROM custom_values v WHERE v.company_id = l.company_id AND v.lead_id = l.id"
    " AND v.field_id = %({name})s), '')"
)


def lines(
    session: Session,
    *,
    field_ids: Sequence[UUID],
    sort: str,
    wanted: Mapping[str, str],
    is_spam: bool,
    channels: Mapping[str, str],
    places: Mapping[str, int],
    time_zone: str,
) -> Iterator[str]:
    """Pieces of CSV without a heading, the newest lead first; tests and samples are left out.

    `field_ids`: of the company's own fields, a column each; `sort` as `sorting.parse` gives it; `wanted` as
    `Filters.wanted` gives it; `channels` in the reader's words; `places` after the point by currency.
    """
    given = {
        "company_id": company_of(session),
        "wanted": Jsonb(wanted),
        "is_spam": is_spam,
        "channels": Jsonb(channels),
        "places": Jsonb(places),
        "time_zone": time_zone,
        **{f"field_{place}": field_id for place, field_id in enumerate(field_ids)},
    }
    cells = (*_CELLS, *(_OF_FIELD.format(name=f"field_{place}") for place in range(len(field_ids))))
    statement = _LINES.format(line=_line(cells), narrow=_NARROW if wanted else sql.SQL(""), order=sql.SQL(_order(sort)))
    driver: psycopg.Connection[Any] = session.connection().connection.driver_connection  # type: ignore[assignment]
    driver.execute(_TIMES)
    with closing(driver.cursor(name="leads")) as cursor:
        cursor.execute(statement, given)
        while rows := cursor.fetchmany(_PIECE):
            yield "".join([line for (line,) in rows])


def _order(sort: str) -> str:
    down = sort.startswith("-")
    ends = {"way": "DESC" if down else "ASC", "last": "FIRST" if down else "LAST"}
    return _ORDERS.get(sort.removeprefix("-"), "").format(**ends)


def _line(cells: Sequence[str]) -> sql.Composable:
    """RFC 4180: each cell between quotation marks, those within it doubled. A text that a spreadsheet would run begins
    with an apostrophe."""
    triggers = ", ".join(map(str, TRIGGERS))
    quoted = [
        f"""CASE WHEN ascii({cell}) IN ({triggers}) THEN '"''' ELSE '"' END || replace({cell}, '"', '""') || '"'"""
        for cell in cells
    ]
    return sql.SQL(" || ',' || ".join(quoted) + r" || E'\r\n'")
