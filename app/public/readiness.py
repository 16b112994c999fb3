"""Whether this process can serve: the database with the schema that this code expects, reached through a log-in that
row-level security binds, and the queue."""

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
    log_in: bool = True
    """False where the database log-in may do more than the product needs: production does not serve then."""

    @property
    def can_serve(self) -> bool:
        """The queue only speeds things up: without it Leader is slower, and nothing is lost."""
        return self.database and self.schema and self.log_in

    @property
    def status(self) -> str:
        if not self.can_serve:
            return "unavailable"
        return "ready" if self.queue else "degraded"


def look(engine: Engine, bell: Bell, *, is_production: bool) -> Readiness:
    database, schema, is_bound = _database(engine)
    if database and not is_bound and is_production:
        log.error("log_in_has_too_many_rights", help="flask leader make-log-in makes one for DATABASE_URL")
    return Readiness(database, schema, bell.is_up(), is_bound or not is_production)


def _database(engine: Engine) -> tuple[bool, bool, bool]:
    """Does it answer, with the right schema, and through a log-in that is bound?"""
    try:
        connection = engine.connect()
    except SQLAlchemyError as error:
        log.warning("database_unreachable", error=type(error).__name__)
        return False, False, True
    with connection:
        try:
            return True, migration.is_current(connection), migration.is_bound(connection)
        except SQLAlchemyError as error:
            log.warning("schema_unreadable", error=type(error).__name__)
            return True, False, True
