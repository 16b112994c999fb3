"""What recordings ask of the database by hand-written SQL."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.core.tenancy import company_of

_CLAIM_FETCH = text("SELECT company_id, row_id, claim, attempts FROM claim_call_recording(:lease)")
_CLAIM_DELETION = text("SELECT company_id, row_id, claim, attempts FROM claim_recording_deletion(:lease)")
_COMPANIES = text("SELECT company_id FROM companies_with_recordings(:before)")
_UNWANTED = text("SELECT name FROM unwanted_recording_files(:names)")
_OVER = text("""
    SELECT r.id FROM call_recordings r
      JOIN calls k ON k.company_id = r.company_id AND k.id = r.call_id
      LEFT JOIN leads l ON l.company_id = k.company_id AND l.id = k.lead_id
     WHERE r.company_id = :company_id AND r.state = 'kept' AND r.kept_at < :before AND l.restricted_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM lead_holds h WHERE h.company_id = k.company_id AND h.lead_id = k.lead_id)
     ORDER BY r.kept_at LIMIT :most
""")
_LISTEN = text("""
    INSERT INTO recording_listens (company_id, id, recording_id, user_id, user_name, hour)
    VALUES (:company_id, :id, :recording_id, :user_id, :user_name, date_trunc('hour', CAST(:at AS timestamptz), 'UTC'))
    ON CONFLICT (company_id, recording_id, user_id, hour) DO NOTHING RETURNING id
""")


@dataclass(frozen=True)
class Claimed:
    """A row that this worker works on; every write names the claim."""

    company_id: uuid.UUID
    row_id: uuid.UUID
    claim: int
    attempts: int


def claim_fetch(session: Session, lease: timedelta) -> Claimed | None:
    """The recording that has been due the longest. Commit before acting on it."""
    row = session.execute(_CLAIM_FETCH, {"lease": lease}).one_or_none()
    return Claimed(*row) if row else None


def claim_deletion(session: Session, lease: timedelta) -> Claimed | None:
    """The deletion that has been due the longest. Commit before acting on it."""
    row = session.execute(_CLAIM_DELETION, {"lease": lease}).one_or_none()
    return Claimed(*row) if row else None


def companies(session: Session, before: datetime) -> list[uuid.UUID]:
    """Open accounts with recordings that were kept before."""
    return list(session.scalars(_COMPANIES, {"before": before}))


def over(session: Session, before: datetime, most: int) -> list[uuid.UUID]:
    """Recordings of the served company that were kept before, but for those of leads that are held or frozen."""
    return list(session.scalars(_OVER, {"company_id": company_of(session), "before": before, "most": most}))


def unwanted(session: Session, names: list[str]) -> list[str]:
    """Those of these files for which no recording answers, of whatever company."""
    return list(session.scalars(_UNWANTED, {"names": names}))


def note_listening(session: Session, recording_id: uuid.UUID, user_id: uuid.UUID, user_name: str, at: datetime) -> bool:
    """False when this person listened to it in this hour already."""
    given = {"company_id": company_of(session), "id": new_id(), "recording_id": recording_id, "at": at}
    row = session.execute(_LISTEN, given | {"user_id": user_id, "user_name": user_name}).one_or_none()
    return row is not None
