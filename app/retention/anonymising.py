"""Anonymising: leads become counts among at least ten others, and everything else about them goes.

No row is kept in which a name was replaced by a sign: it could be joined with what else somebody knows. All in the
caller's transaction, so that a lead is either there or counted.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.capture import tombstones
from app.core.marks import Marker
from app.leads.models import Lead
from app.privacy import ledger
from app.retention import queries
from app.subjects import erasing, totals
from app.subjects import gates as subject_gates


def anonymise(session: Session, lead_ids: Sequence[uuid.UUID], *, before: datetime, marker: Marker) -> int:
    """Count those of these leads that nothing has happened with since then, and delete them; how many there were."""
    leads = _locked(session, lead_ids, before)
    totals.leave(session, leads)
    for lead in leads:
        ledger.note(session, "lead", lead.id)
        erasing.prepare(session, lead.id)
        session.expunge(lead)
        subject_gates.delete_lead(session, lead.id)
        tombstones.entomb(session, lead.id, marker)
    session.flush()
    return len(leads)


def _locked(session: Session, lead_ids: Sequence[uuid.UUID], before: datetime) -> Sequence[Lead]:
    """The leads that nobody works on. They are asked again once they are locked: somebody may have held, frozen or
    answered one since it was found."""
    free = select(Lead.id).where(Lead.id.in_(lead_ids)).order_by(Lead.id).with_for_update(skip_locked=True)
    locked = session.scalars(free).all()
    return session.scalars(select(Lead).where(Lead.id.in_(locked), queries.is_quiet(before)).order_by(Lead.id)).all()
