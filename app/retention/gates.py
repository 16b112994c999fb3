"""What retention asks of the database by hand-written SQL."""

import uuid
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session


def companies_with_rules(session: Session) -> list[uuid.UUID]:
    """Open accounts in which something may end."""
    return list(session.scalars(text("SELECT company_id FROM companies_with_retention()")))


def purge_messages(session: Session, before: datetime, most: int) -> int:
    """Delete up to `most` raw messages of the served company that became leads before; the number."""
    return int(
        session.execute(text("SELECT purge_inbox(:before, :most)"), {"before": before, "most": most}).scalar_one()
    )
