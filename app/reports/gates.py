"""What no ORM statement asks: one recount at a time, and which companies have days to count."""

import uuid

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.tenancy import company_of

_RECOUNT = 0x5EC0
"""Sets these locks apart from others."""


def take_alone(session: Session) -> bool:
    """Keep every other transaction from recounting the served company until this one ends; false when one does."""
    key = company_of(session).int & 0x7FFFFFFF
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:kind, :key)"), {"kind": _RECOUNT, "key": key}))


def companies_with_days_due(session: Session, most: int) -> list[uuid.UUID]:
    return list(session.scalars(text("SELECT company_id FROM companies_with_days_due(:most)"), {"most": most}))
