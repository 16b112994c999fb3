"""Moving a lead from stage to stage, and back."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import events
from app.core.clock import utc_now
from app.core.errors import NotFoundError
from app.core.events import Actor
from app.core.words import gettext as _
from app.leads.locking import lock
from app.leads.models import Lead, Stage, StageChange


def move(
    session: Session, lead_id: uuid.UUID, stage_id: uuid.UUID, *, actor: Actor, version: int | None = None
) -> StageChange | None:
    """Put the lead into the stage and record lead.stage_changed; none when it stands there already.

    Raises NotFoundError and ChangedMeanwhileError.
    """
    # Before the lead, as whoever archives a stage does: nobody archives one while a lead is on its way there.
    known = select(Stage.id, Stage.name, Stage.kind, Stage.archived_at).order_by(Stage.id).with_for_update(read=True)
    stages = {stage.id: stage for stage in session.execute(known)}
    lead = lock(session, lead_id, version)
    if lead.stage_id == stage_id:
        return None
    if stage_id not in stages or stages[stage_id].archived_at is not None:
        raise NotFoundError(_("There is no such stage."))
    change = _change(session, lead, stage_id, stages[stage_id].kind, actor)
    events.record(
        session,
        "lead.stage_changed",
        lead_id=lead.id,
        actor=actor,
        **{
            "stage_change_id": str(change.id),
            "from_stage_id": str(change.from_stage_id),
            "to_stage_id": str(stage_id),
            "from": stages[change.from_stage_id].name,
            "to": stages[stage_id].name,
        },
    )
    return change


def take_back(session: Session, lead_id: uuid.UUID, stage_id: uuid.UUID, *, actor: Actor) -> StageChange | None:
    """Put the lead into the stage again, and put back what its last change of stage did beside moving it: the answer
    that it counted as, the reason of the loss. Where another change came between, this is a move like any other.

    Raises NotFoundError.
    """
    lead = lock(session, lead_id)
    of_lead = select(StageChange).where(StageChange.lead_id == lead_id)
    last = session.scalar(of_lead.order_by(StageChange.id.desc()).limit(1))
    change = move(session, lead_id, stage_id, actor=actor)
    if change and last and (last.from_stage_id, last.to_stage_id) == (stage_id, change.from_stage_id):
        if lead.answered_at == last.changed_at:
            lead.answered_at = None
        lead.lost_reason_id = last.lost_reason_id or lead.lost_reason_id
        session.flush()
    return change


def _change(session: Session, lead: Lead, stage_id: uuid.UUID, kind: str, actor: Actor) -> StageChange:
    now = utc_now()
    change = StageChange(
        lead_id=lead.id,
        from_stage_id=lead.stage_id,
        to_stage_id=stage_id,
        changed_by=actor.id,
        changed_at=now,
        lost_reason_id=lead.lost_reason_id if kind != "lost" else None,
    )
    session.add(change)
    lead.stage_id = stage_id
    lead.updated_at = now
    if kind != "new" and lead.answered_at is None:
        lead.answered_at = now
    if kind != "lost":
        lead.lost_reason_id = None
    session.flush()
    return change
