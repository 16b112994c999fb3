"""What the page of a lead shows of the person's rights."""

import uuid

from sqlalchemy.orm import Session

from app.leads.panels import Panel


def rights_panel(session: Session, lead_id: uuid.UUID) -> Panel:
    """The ways to see, freeze and erase what is held."""
    return Panel("subjects/_rights.html", {"lead_id": lead_id}, "side")
