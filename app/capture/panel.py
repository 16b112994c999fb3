"""What the page of a lead shows of consent: what the visitor allowed, how, and the words they read."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.capture.models import Consent
from app.leads.panels import Panel


def consent_panel(session: Session, lead_id: uuid.UUID) -> Panel:
    """The newest record of the lead's consent, which is the one that counts."""
    statement = select(Consent).where(Consent.lead_id == lead_id).order_by(Consent.id.desc()).limit(1)
    return Panel("capture/_consent.html", {"consent": session.scalar(statement)}, "side")
