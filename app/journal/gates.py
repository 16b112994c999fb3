"""Entries that are written for themselves, each in one statement; the transaction does not wait for the disk."""

import uuid

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.clock import utc_now
from app.core.ids import new_id
from app.core.tenancy import company_of

_QUICKLY = text("SET LOCAL synchronous_commit = off")
_LOOK = text("""
    INSERT INTO security_entries (company_id, id, kind, user_id, user_name, ip_address, user_agent, lead_id, hour, at)
    SELECT :company_id, :id, 'lead.seen', :user_id, :user_name, :ip_address, :user_agent, l.id,
           date_trunc('hour', CAST(:at AS timestamptz), 'UTC'), :at
      FROM leads l WHERE l.company_id = :company_id AND l.id = :lead_id
    ON CONFLICT (company_id, lead_id, user_id, hour) DO NOTHING
""")
_FAILED = text("SELECT note_failed_sign_in(:id, CAST(:user_id AS uuid), :ip_address, :user_agent)")


def note_look(
    session: Session, *, user_id: uuid.UUID, user_name: str, lead_id: uuid.UUID, ip_address: str, user_agent: str
) -> None:
    given = {"company_id": company_of(session), "id": new_id(), "at": utc_now(), "lead_id": lead_id}
    person = {"user_id": user_id, "user_name": user_name, "ip_address": ip_address, "user_agent": user_agent}
    session.execute(_QUICKLY)
    session.execute(_LOOK, given | person)


def note_failed_sign_in(session: Session, *, user_id: uuid.UUID | None, ip_address: str, user_agent: str) -> None:
    """In each company of the user; no entry without a user."""
    session.execute(_QUICKLY)
    session.execute(_FAILED, {"id": new_id(), "user_id": user_id, "ip_address": ip_address, "user_agent": user_agent})


def purge(session: Session, days: int) -> int:
    """Delete the entries that are older, of every company; the number."""
    return int(session.execute(text("SELECT purge_security_entries(:days)"), {"days": days}).scalar_one())
