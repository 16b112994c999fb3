"""What the page of a lead shows of its calls."""

import uuid

from sqlalchemy.orm import Session

from app.calls import queries
from app.calls.recordings import showing
from app.leads.panels import Panel


def calls_panel(session: Session, lead_id: uuid.UUID) -> Panel | None:
    """Nothing for a lead that never called."""
    calls = queries.of_lead(session, lead_id)
    if not calls:
        return None
    recordings = showing.of_calls(session, [call.id for call in calls], lead_id)
    return Panel("calls/_calls.html", {"calls": calls, "recordings": recordings}, "main")
