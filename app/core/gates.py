"""Reads that every page makes, with as little between them and the driver as can be."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ClauseElement
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session


def ready(statement: ClauseElement) -> str:
    """The statement as the driver takes it, for `fetch`: compiled once, at start."""
    return str(statement.compile(dialect=postgresql.psycopg.dialect()))  # type: ignore[no-untyped-call]


def fetch(session: Session, statement: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement, in the session's transaction. A connection that broke is noticed and replaced.

    It passes by the ORM's filter, so the statement names its company itself; row-level security stands behind it.
    """
    return [tuple(row) for row in session.connection().exec_driver_sql(statement, dict(given))]
