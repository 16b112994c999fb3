"""The database functions that erase. They belong to a role of its own and look for themselves whether they may."""

import uuid

from sqlalchemy import text
from sqlalchemy.orm import Session


def due_incinerations(session: Session, most: int) -> list[uuid.UUID]:
    """Companies whose time to come back is over, the longest due first."""
    return list(session.scalars(text("SELECT company_id FROM due_incinerations(:most)"), {"most": most}))


def ledger_lines(session: Session) -> list[str]:
    """The whole erasure ledger, each entry as a line of JSON."""
    return list(session.scalars(text("SELECT line FROM erasure_ledger_lines()")))


def purge_ledger(session: Session, days: int) -> int:
    """Forget what no backup can bring back any more; the number."""
    return int(session.execute(text("SELECT purge_erasure_ledger(:days)"), {"days": days}).scalar_one())


def incinerate_rows(session: Session, table: str, most: int) -> int:
    """Delete up to `most` rows of the served company from one table; how many there were."""
    statement = text("SELECT incinerate_rows(:table_name, :most)")
    return int(session.execute(statement, {"table_name": table, "most": most}).scalar_one())


def incinerate_members(session: Session, most: int) -> tuple[int, int]:
    """Delete up to `most` members, and the people who belong to no other company; how many of each."""
    row = session.execute(text("SELECT members, people FROM incinerate_members(:most)"), {"most": most}).one()
    return int(row.members), int(row.people)


def incinerate_company(session: Session) -> None:
    """Delete the served company itself."""
    session.execute(text("SELECT incinerate_company()"))
