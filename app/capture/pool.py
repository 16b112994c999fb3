"""Database connections kept for capture: each statement is a transaction of its own, in one round trip.

The pages' session would cost a lead several round trips and a third of its time.
"""

import contextlib
from collections import deque
from collections.abc import Callable
from typing import TypeVar

import psycopg
import structlog
from sqlalchemy.engine import make_url

from app.core.db import engine_options
from app.core.errors import RetryableError
from app.core.words import gettext as _

log = structlog.get_logger()

T = TypeVar("T")


class Pool:
    """As many connections as requests are under way at once; they are opened when they are first needed."""

    def __init__(self, database_url: str) -> None:
        url = make_url(database_url).set(drivername="postgresql")
        self._address = url.render_as_string(hide_password=False)
        self._options = engine_options(database_url)["connect_args"]
        self._idle: deque[psycopg.Connection] = deque()

    def run(self, ask: Callable[[psycopg.Connection], T]) -> T:
        """The answer of `ask`, which must bear being repeated: a connection that broke while it lay idle is
        replaced once. Raises RetryableError when the database cannot be reached."""
        try:
            return self._run_kept(ask)
        except psycopg.OperationalError as error:
            log.error("database_unavailable", error=type(error).__name__)
            raise RetryableError(_("We cannot take this right now. Try again in a minute.")) from error

    def close(self) -> None:
        """Close every connection that lies idle."""
        with contextlib.suppress(IndexError):
            while True:
                self._idle.pop().close()

    def _run_kept(self, ask: Callable[[psycopg.Connection], T]) -> T:
        with contextlib.suppress(IndexError):  # none is idle
            kept = self._idle.pop()
            with contextlib.suppress(psycopg.OperationalError):
                return self._run(kept, ask)
            self.close()
        return self._run(self._connect(), ask)

    def _run(self, connection: psycopg.Connection, ask: Callable[[psycopg.Connection], T]) -> T:
        try:
            answer = ask(connection)
        except psycopg.Error:
            connection.close()
            raise
        self._idle.append(connection)
        return answer

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self._address, autocommit=True, **self._options)
