"""The question that lies across companies."""

import uuid

from sqlalchemy import text
from sqlalchemy.orm import Session


def companies_with_due_tasks(session: Session, most: int) -> list[uuid.UUID]:
    """Companies that have tasks whose time has come and of which nobody was reminded."""
    return list(session.scalars(text("SELECT company_id FROM companies_with_due_tasks(:most)"), {"most": most}))
