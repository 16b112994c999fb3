"""What the page of a lead shows of following up: who answers it and what is to be done."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import utc_now
from app.follow_up import queries
from app.follow_up.forms import TaskForm
from app.follow_up.models import LostReason
from app.leads.models import Lead, Stage
from app.leads.panels import Panel, typed


def follow_up_panel(session: Session, lead_id: uuid.UUID) -> Panel:
    """Owner, answer, worth, reason for losing it, tags."""
    lead, kind = session.execute(
        select(Lead, Stage.kind).join(Stage, Stage.id == Lead.stage_id).where(Lead.id == lead_id)
    ).one()
    reason = session.get(LostReason, (lead.company_id, lead.lost_reason_id)) if lead.lost_reason_id else None
    data = {
        "lead": lead,
        "is_lost": kind == "lost",
        "reason": reason,
        "reason_choices": [(each.id, each.name) for each in queries.lost_reasons(session)],
        "owner_choices": [(member.user_id, member.name) for member in queries.members(session)],
        "tags": queries.tags_of(session, lead_id),
        "all_tags": queries.all_tags(session),
        "typed": typed("tags") or {},
    }
    return Panel("follow_up/_follow_up.html", data, "side")


def tasks_panel(session: Session, lead_id: uuid.UUID) -> Panel:
    """What is to be done for the lead, and the form for more."""
    names = {member.user_id: member.name for member in queries.members(session)}
    data = {
        "lead_id": lead_id,
        "tasks": queries.tasks_of(session, lead_id),
        "names": names,
        "people": [(str(user_id), name) for user_id, name in names.items()],
        "now": utc_now(),
        "form": typed("tasks") or TaskForm(formdata=None),
    }
    return Panel("follow_up/_tasks.html", data, "main")
