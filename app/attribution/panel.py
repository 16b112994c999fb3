"""What the page of a lead shows of its journey: every touch, with the one that decides where the lead came
from."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.attribution.channels import deciding
from app.attribution.models import Touchpoint
from app.leads.panels import Panel


@dataclass(frozen=True)
class Journey:
    """The touches, the oldest first, and the index of the one that decides."""

    touches: Sequence[Touchpoint]
    deciding: int


def journey_panel(session: Session, lead_id: uuid.UUID) -> Panel:
    """The journey of a lead; it has none when nothing is known of any visit."""
    statement = select(Touchpoint).where(Touchpoint.lead_id == lead_id)
    touches = session.scalars(statement.order_by(Touchpoint.occurred_at, Touchpoint.id)).all()
    journey = Journey(touches, deciding([touch.channel for touch in touches])) if touches else None
    return Panel("attribution/_journey.html", {"journey": journey})
