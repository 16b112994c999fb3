"""What the lead page shows of conversions: the receipts, and before there are any, what would be sent."""

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conversions import facts, uploads
from app.conversions.preflight import Preflight, look
from app.conversions.queries import lead_receipts
from app.core.clock import utc_now
from app.core.money import format_money
from app.leads.models import Lead
from app.leads.panels import Panel


@dataclass(frozen=True)
class Outlook:
    """What reaching the stage would send, and whether Google would take it."""

    stage: str
    action: str
    preflight: Preflight


def receipts_panel(session: Session, lead_id: uuid.UUID) -> Panel:
    receipts = lead_receipts(session, lead_id)
    told = {receipt.mapping_id for receipt in receipts}
    data = {"receipts": receipts, "outlooks": outlooks(session, lead_id, told)}
    return Panel("conversions/_receipts.html", data, "main")


def outlooks(session: Session, lead_id: uuid.UUID, told: set[uuid.UUID]) -> list[Outlook]:
    """One for each rule that the lead has not met yet, in the order of the stages."""
    found = [target for target in facts.targets(session) if target.mapping.id not in told]
    lead = session.scalars(select(Lead).where(Lead.id == lead_id)).one_or_none() if found else None
    if lead is None:
        return []
    known = facts.of_leads(session, [lead])[lead.id]
    return [
        Outlook(
            target.stage.name,
            target.action.name,
            look(
                known,
                target.terms,
                format_money(*uploads.value_of(lead, target.mapping)),
                utc_now(),
                made_at=target.action.made_at,
            ),
        )
        for target in found
    ]
