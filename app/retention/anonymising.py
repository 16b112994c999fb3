"""Anonymising: leads become counts among at least ten others, and everything else about them goes.

No row is kept in which a name was replaced by a sign: it could be joined with what else somebody knows. All in the
caller's transaction, so that a lead is either there or counted.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.attribution.models import Touchpoint
from app.capture import tombstones
from app.companies.models import Company
from app.core.marks import Marker
from app.leads.models import Lead, Stage
from app.privacy import ledger
from app.retention import gates, queries
from app.retention.cells import Cell, spread
from app.subjects import erasing, totals
from app.subjects import gates as subject_gates


def anonymise(session: Session, lead_ids: Sequence[uuid.UUID], *, before: datetime, marker: Marker) -> int:
    """Count those of these leads that nothing has happened with since then, and delete them; how many there were."""
    leads = _locked(session, lead_ids, before)
    counted = [lead for lead in leads if not (lead.is_test or lead.is_spam or lead.is_demo)]
    for cell, number in spread(_cells(session, counted), gates.totals(session)).items():
        gates.add(session, cell, number)
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


def _cells(session: Session, leads: Sequence[Lead]) -> list[Cell]:
    zone = session.scalars(select(Company.time_zone)).one()
    kinds = {row.id: row.kind for row in session.execute(select(Stage.id, Stage.kind))}
    campaigns = _campaigns(session, [lead.id for lead in leads])
    return [
        Cell(
            totals.week(lead.created_at, zone),
            lead.channel,
            campaigns.get(lead.id, ""),
            kinds[lead.stage_id],
            totals.bucket(lead.value_minor, lead.currency),
        )
        for lead in leads
    ]


def _campaigns(session: Session, lead_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The last campaign of each lead that has one."""
    statement = (
        select(Touchpoint.lead_id, Touchpoint.utm)
        .where(Touchpoint.lead_id.in_(lead_ids))
        .order_by(Touchpoint.occurred_at)
    )
    return {row.lead_id: row.utm["utm_campaign"] for row in session.execute(statement) if row.utm.get("utm_campaign")}
