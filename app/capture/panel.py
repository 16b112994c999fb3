"""What the page of a lead shows of its arrival: what the visitor allowed, and whether it was taken for spam."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.capture import quarantine
from app.capture.models import Consent
from app.leads.models import Lead
from app.leads.panels import Panel


def consent_panel(session: Session, lead_id: uuid.UUID) -> Panel:
    """The newest record of the lead's consent, which is the one that counts."""
    statement = select(Consent).where(Consent.lead_id == lead_id).order_by(Consent.id.desc()).limit(1)
    return Panel("capture/_consent.html", {"consent": session.scalar(statement), "lead_id": lead_id}, "side")


def spam_panel(session: Session, lead_id: uuid.UUID) -> Panel:
    """The verdict with its reasons, and the way to another one."""
    is_spam, reasons = session.execute(select(Lead.is_spam, Lead.spam_reasons).where(Lead.id == lead_id)).one()
    data = {"lead_id": lead_id, "is_spam": is_spam, "reasons": quarantine.reason_words(reasons)}
    return Panel("capture/_spam.html", data, "main" if is_spam else "side")
