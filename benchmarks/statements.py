"""How many SQL statements one request costs, as the database's own log tells."""

import re
import time
from collections.abc import Callable

from psycopg import Connection
from psycopg.sql import SQL, Literal

from benchmarks.report import Figure, Goal
from benchmarks.stand import Stand

_LOGGED = re.compile(r"\[(\d+)\] LOG:  (?:statement|execute [^:]*): (\w+)")
_BRACKETS = frozenset({"BEGIN", "COMMIT", "ROLLBACK"})
_MOMENT = 0.4
"""Seconds within which every process of the database reads its settings again."""


def statements(name: str, stand: Stand, act: Callable[[], object], goal: Goal | None = None) -> Figure:
    """The figure; what begins and ends the transaction is counted apart."""
    found = _first_words(stand, act)
    brackets = sum(word in _BRACKETS for word in found)
    note = f"and {brackets} to begin and end the transaction"
    return Figure(f"{name}: SQL statements", len(found) - brackets, "", goal=goal, note=note)


def _first_words(stand: Stand, act: Callable[[], object]) -> list[str]:
    with stand.connect() as connection:
        _log_statements(connection, "all")
        before = stand.database_log.stat().st_size
        act()
        time.sleep(_MOMENT)
        text = stand.database_log.read_bytes()[before:].decode(errors="replace")
        _log_statements(connection, "none")
        own = str(connection.info.backend_pid)
    return [word.upper() for pid, word in _LOGGED.findall(text) if pid != own]


def _log_statements(connection: Connection[tuple[object, ...]], which: str) -> None:
    connection.execute(SQL("ALTER SYSTEM SET log_statement = {}").format(Literal(which)))
    connection.execute("SELECT pg_reload_conf()")
    time.sleep(_MOMENT)
