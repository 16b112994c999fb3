"""What the page of a lead shows of the company's own fields."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.leads import custom
from app.leads.models import Lead
from app.leads.panels import Panel


def custom_panel(session: Session, lead_id: uuid.UUID) -> Panel | None:
    """Nothing for a company without fields."""
    shown = custom.of_lead(session, lead_id)
    if not shown:
        return None
    version = session.scalars(select(Lead.version).where(Lead.id == lead_id)).one()
    return Panel("workspace/_custom.html", {"lead_id": lead_id, "shown": shown, "version": version}, "side")
