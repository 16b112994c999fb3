"""Many rows at once, by PostgreSQL's COPY.

COPY cannot write into a table under row-level security, and must not pass by it: the rows go into a temporary
table first, and one INSERT … SELECT takes them from there under the lock. Each piece stays well below the
time that a statement may take.
"""

from collections.abc import Iterable, Mapping
from itertools import chain, islice
from typing import Any

from psycopg import Cursor, sql
from sqlalchemy.orm import Session

from app.core.db import Base
from app.core.tenancy import company_of

_PIECE = 10_000


def copy_rows(session: Session, model: type[Base], rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows of a company-owned model for the served company; the number of rows.

    Each row names the same columns, the id among them and the company not. All in the session's transaction,
    which is not committed.
    """
    company_id = company_of(session)
    waiting = iter(rows)
    first = next(waiting, None)
    if first is None:
        return 0
    waiting = chain([first], waiting)
    names = sql.SQL(", ").join(map(sql.Identifier, ["company_id", *first]))
    parts = {"target": sql.Identifier(model.__tablename__), "columns": names}
    count = 0
    with _cursor(session) as cursor:
        cursor.execute(_STAGE.format(**parts))
        cursor.execute(_PLAN_ANEW)
        while piece := list(islice(waiting, _PIECE)):
            with cursor.copy(_FILL.format(**parts)) as copy:
                for row in piece:
                    copy.write_row((company_id, *row.values()))
            cursor.execute(_TAKE.format(**parts))
            cursor.execute("TRUNCATE staged")
            count += len(piece)
        cursor.execute("DROP TABLE staged")
    return count


# A connection keeps its plans for checking foreign keys; one made while a table was small reads all of it for each row.
_PLAN_ANEW = "DISCARD PLANS"
_STAGE = sql.SQL("CREATE TEMPORARY TABLE staged ON COMMIT DROP AS SELECT {columns} FROM {target} LIMIT 0")
_FILL = sql.SQL("COPY staged ({columns}) FROM STDIN")
_TAKE = sql.SQL("INSERT INTO {target} ({columns}) SELECT {columns} FROM staged")


def _cursor(session: Session) -> Cursor[Any]:
    cursor: Cursor[Any] = session.connection().connection.cursor()  # type: ignore[assignment] # SQLAlchemy's wrapper
    return cursor
