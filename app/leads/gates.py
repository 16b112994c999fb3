"""The search, which must go through a function of the database.

Row-level security keeps LIKE from using the trigram index, so the function `search_leads` (migration 0002)
filters by the company itself and answers with ids; the rows are then read as ever, under both locks.
"""

import uuid

from sqlalchemy import ColumnElement, any_, func, select

from app.core.pagination import Position
from app.leads.models import Lead


def contains(
    term: str, *, stage_id: uuid.UUID | None, is_spam: bool, after: Position | None, most: int
) -> ColumnElement[bool]:
    """A condition on leads: among the newest `most` after the position whose search text contains the
    term."""
    at, row_id = (after.at, after.id) if after else (None, None)
    found = func.search_leads(term, stage_id, is_spam, at, row_id, most).table_valued("lead_id")
    return Lead.id == any_(func.array(select(found.c.lead_id).scalar_subquery()))
