"""What the page of a lead shows of the person's rights."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.leads.models import Lead
from app.leads.panels import Panel


def rights_panel(session: Session, lead_id: uuid.UUID) -> Panel:
    """The ways to see, freeze and erase what is held."""
    is_frozen = session.scalar(select(Lead.restricted_at).where(Lead.id == lead_id)) is not None
    return Panel("subjects/_rights.html", {"lead_id": lead_id, "is_frozen": is_frozen}, "side")
