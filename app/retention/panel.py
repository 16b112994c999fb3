"""What the page of a lead says about how long it stays."""

import uuid

from sqlalchemy.orm import Session

from app.leads.panels import Panel
from app.retention import queries, rules


def retention_panel(session: Session, lead_id: uuid.UUID) -> Panel | None:
    """Nothing while the company keeps leads for good."""
    rule = rules.read(session)["leads"]
    found = queries.activity(session, lead_id)
    if found is None or (rule.months is None and not found.is_held):
        return None
    data = {
        "lead_id": lead_id,
        "is_held": found.is_held,
        "is_frozen": found.is_frozen,
        "last_at": found.last_at,
        "ends_at": rules.ends_at(found.last_at, rule),
    }
    return Panel("retention/_panel.html", data, "side")
