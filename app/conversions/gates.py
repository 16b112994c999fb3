"""The outbox across companies: the one statement that claims what is due, and what else lies across them."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

_CLAIM = text("SELECT company_id, upload_id, claim, was FROM claim_conversion_batch(:most, :enough, :lease)")


@dataclass(frozen=True)
class Claimed:
    """An upload that this worker holds until the lease ends. `claim` is its fence; `was` the state before."""

    company_id: uuid.UUID
    upload_id: uuid.UUID
    claim: int
    was: str


def claim(session: Session, *, most: int, enough: int, lease: timedelta) -> list[Claimed]:
    """Claim the upload that is due the longest, of whatever company, and what goes along with it. Commit before acting.

    When at least `enough` first versions for the same destination are due, up to `most` of them make one request; what
    came out of a request of many goes in the smaller ones that were asked for. Questions about one request are one.
    """
    rows = session.execute(_CLAIM, {"most": most, "enough": enough, "lease": lease})
    return [Claimed(*row) for row in rows]


def due_past_plannings(session: Session, most: int) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """(company id, mapping id) of rules whose past leads are still to be planned, the longest asked first."""
    rows = session.execute(text("SELECT company_id, mapping_id FROM due_past_plannings(:most)"), {"most": most})
    return [(row.company_id, row.mapping_id) for row in rows]


def companies_after(session: Session, after: uuid.UUID | None, most: int) -> list[uuid.UUID]:
    """The next companies in the order of their ids."""
    statement = text("SELECT company_id FROM companies_after(CAST(:after AS uuid), :most)")
    return list(session.scalars(statement, {"after": after, "most": most}))
