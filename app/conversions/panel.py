"""What the lead page shows of conversions: the receipts."""

import uuid

from sqlalchemy.orm import Session

from app.conversions.queries import lead_receipts
from app.leads.panels import Panel


def receipts_panel(session: Session, lead_id: uuid.UUID) -> Panel:
    return Panel("conversions/_receipts.html", {"receipts": lead_receipts(session, lead_id)}, "main")
