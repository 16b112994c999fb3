"""Which companies are there? For work that goes through all of them."""

import uuid

from sqlalchemy import text
from sqlalchemy.orm import Session


def all_ids(session: Session) -> list[uuid.UUID]:
    """Every company, also those whose account is closed."""
    return list(session.scalars(text("SELECT company_id FROM all_companies()")))
