"""Questions across all companies: how many leads came in which way, by companies without names."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.statistics.quarters import Quarter

_LOCK = 0x57A7
_TABLES = ("channel", "answer")


def take_alone(session: Session) -> None:
    """Keep every other transaction from publishing until this one ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    session.execute(text("SET LOCAL statement_timeout = '10min'"))


def leads_of_accounts(session: Session, quarter: Quarter) -> dict[str, Sequence[Counter[str]]]:
    """For each table the leads of each company by line, the companies in the same order."""
    statement = text("SELECT account, channel, answer, leads FROM statistics_counts(:begins_at, :ends_at)")
    rows = session.execute(statement, {"begins_at": quarter.begins_at, "ends_at": quarter.ends_at}).all()
    found: dict[str, dict[int, Counter[str]]] = {name: defaultdict(Counter) for name in _TABLES}
    for row in rows:
        for name in _TABLES:
            found[name][row.account][getattr(row, name)] += int(row.leads)
    return {name: [found[name][account] for account in sorted(found[name])] for name in _TABLES}
