"""The database: the declarative base, column types, and the engine's settings."""

import contextlib
import uuid
from datetime import UTC, datetime
from typing import Any

import psycopg
from flask_sqlalchemy import SQLAlchemy
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, Text, Uuid, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

APP_ROLE = "leader_app"
"""What the product runs as: neither owner nor superuser, so that row-level security binds it."""


class Instant(TypeDecorator[datetime]):
    """An aware point in time, kept in UTC. A naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value is not None else None


_metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_types = {
    datetime: Instant,
    str: Text,
    uuid.UUID: Uuid,
    dict[str, Any]: JSONB,
    dict[str, str]: JSONB,
    list[str]: JSONB,
}


class Base(DeclarativeBase):
    registry = registry(metadata=_metadata, type_annotation_map=_types)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def engine_options(database_url: str) -> dict[str, Any]:
    """How the product connects: as APP_ROLE, with bounds on waiting, and through few, kept connections."""
    settings = {
        "role": APP_ROLE,
        "timezone": "UTC",
        "statement_timeout": "10s",
        "lock_timeout": "2s",
        "idle_in_transaction_session_timeout": "60s",
    }
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    given = make_url(database_url).query.get("options", "")
    return {
        "pool_size": 8,
        "max_overflow": 8,
        "pool_pre_ping": False,
        "pool_recycle": 900,
        # Errors are logged, and what was to be stored may be anybody's name, address or sealed token.
        "hide_parameters": True,
        "connect_args": {"options": f"{given} {options}".strip(), "connect_timeout": 5},
    }


def keep_prepared(engine: Engine) -> None:
    """Let statements stay prepared from one request to the next.

    A request that only reads ends with a rollback, and psycopg's rollback forgets every prepared statement, for the
    sake of programs that make and drop tables as they go. Leader does not; so the rollback is sent here, and psycopg,
    which comes next, finds nothing to roll back. The same way at the start costs half of psycopg's own; on a connection
    that is lost it does nothing, and the statement that comes next says so.
    """
    event.listen(engine, "begin", _begin)
    event.listen(engine, "rollback", _roll_back)


def _begin(connection: Connection) -> None:
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
    if not driver.autocommit and driver.pgconn.transaction_status == TransactionStatus.IDLE:
        driver.pgconn.exec_(b"BEGIN")


def _roll_back(connection: Connection) -> None:
    if connection.closed or connection.invalidated:
        return
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
    if driver.pgconn.transaction_status != TransactionStatus.IDLE:
        with contextlib.suppress(psycopg.Error):  # psycopg tries again, and is heard
            driver.pgconn.exec_(b"ROLLBACK")


def sqlalchemy_url(database_url: str) -> str:
    """The same address with the driver named (psycopg 3)."""
    url = make_url(database_url)
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise ValueError("DATABASE_URL must be a PostgreSQL address")
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
