"""Reads that every page makes, with as little between them and the driver as can be."""

from collections.abc import Mapping
from typing import Any

import psycopg
from sqlalchemy import ClauseElement, Connection
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session


def ready(statement: ClauseElement) -> str:
    """The statement as the driver takes it, for `fetch`: compiled once, at start."""
    return str(statement.compile(dialect=postgresql.psycopg.dialect()))  # type: ignore[no-untyped-call]


def fetch(session: Session, statement: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement, in the session's transaction. A connection that broke is noticed and replaced.

    It passes by the ORM's filter, so the statement names its company itself; row-level security stands behind it.
    Values travel in the database's own form, which both sides read in half the time that their spelling takes.
    """
    connection = session.connection()
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
    try:
        return driver.cursor(binary=True).execute(statement, given).fetchall()
    except psycopg.Error as error:
        raise _of_engine(error, connection, statement, is_lost=driver.closed) from error


def _of_engine(error: psycopg.Error, connection: Connection, statement: str, *, is_lost: bool) -> BaseException:
    """The error as the engine would have raised it. With one lost connection the idle ones are given up too: they
    were most likely lost in the same moment."""
    if is_lost:
        connection.invalidate(error)
        connection.engine.dispose()
    return DBAPIError.instance(
        statement, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=is_lost
    )
