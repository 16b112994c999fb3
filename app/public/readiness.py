"""Whether this process can serve: the database with the schema that this code expects, and the queue."""

from dataclasses import dataclass

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from app.core import migration
from app.core.queue import Bell

log = structlog.get_logger()


@dataclass(frozen=True)
class Readiness:
    database: bool
    schema: bool
    queue: bool

    @property
    def can_serve(self) -> bool:
        """The queue only speeds things up: without it Leader is slower, and nothing is lost."""
        return self.database and self.schema

    @property
    def status(self) -> str:
        if not self.can_serve:
            return "unavailable"
        return "ready" if self.queue else "degraded"


def look(engine: Engine, bell: Bell) -> Readiness:
    database, schema = _database(engine)
    return Readiness(database, schema, bell.is_up())


def _database(engine: Engine) -> tuple[bool, bool]:
    """Does it answer, and with the right schema?"""
    try:
        connection = engine.connect()
    except SQLAlchemyError as error:
        log.warning("database_unreachable", error=type(error).__name__)
        return False, False
    with connection:
        try:
            return True, migration.is_current(connection)
        except SQLAlchemyError as error:
            log.warning("schema_unreadable", error=type(error).__name__)
            return True, False
