"""Adding, renaming, ordering, colouring and archiving stages.

1. What a stage means (its kind) is said when it is added and never changes: what was counted as a sale stays one.
2. Leads begin in the first stage, so that one is neither won nor lost; there is always one of each kind that there was.
3. A stage is archived, not deleted: what happened in it is history. Its leads move to another stage of the same kind,
   so nothing becomes a sale or stops being one, and Google is told nothing.
"""

import uuid
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core import events
from app.core.clock import utc_now
from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Actor, Event
from app.core.words import gettext as _
from app.leads import contact
from app.leads.filters import SPAM
from app.leads.models import Lead, Stage, StageChange

KINDS = ("new", "open", "won", "lost")
COLOURS = ("", "blue", "teal", "green", "amber", "red", "violet")
MOST = 20
MAX_NAME = 40


_ACTIVE = select(Stage).where(Stage.archived_at.is_(None)).order_by(Stage.position, Stage.name)


def active(session: Session) -> Sequence[Stage]:
    """The stages that leads can stand in, the first one first."""
    return session.scalars(_ACTIVE).all()


def _locked(session: Session) -> Sequence[Stage]:
    """The same, locked and as they are now, since every change depends on all of them."""
    return session.scalars(_ACTIVE.with_for_update().execution_options(populate_existing=True)).all()


def add(session: Session, name: str, kind: str, colour: str, *, actor: Actor) -> Stage:
    """Add a stage behind the last one of its kind, or bring an archived one of that name back. Raises
    InvalidInputError."""
    if kind not in KINDS:
        raise InvalidInputError(_("Choose what the stage means."))
    stages = list(_locked(session))
    if len(stages) >= MOST:
        raise InvalidInputError(_("You have %(most)s stages already. Archive one first.", most=MOST))
    name = _free_name(stages, name)
    stage = session.scalar(select(Stage).where(Stage.name == name)) or Stage(name=name, kind=kind)
    if stage.archived_at is not None and stage.kind != kind:
        raise InvalidInputError(_("An archived stage of this name meant something else. Choose another name."))
    stage.archived_at, stage.colour = None, colour if colour in COLOURS else ""
    session.add(stage)
    place = 1 + max((place for place, each in enumerate(stages) if each.kind == kind), default=len(stages) - 1)
    _put_in_order([*stages[:place], stage, *stages[place:]])
    session.flush()
    events.record(session, "stage.added", actor=actor, name=stage.name)
    return stage


def change(session: Session, stage_id: uuid.UUID, name: str, colour: str, *, actor: Actor) -> Stage:
    """Another name, another colour. Raises NotFoundError and InvalidInputError."""
    stages = _locked(session)
    stage = _of(stages, stage_id)
    before, stage.name = stage.name, _free_name([each for each in stages if each is not stage], name)
    taken = select(Stage.id).where(Stage.name == stage.name, Stage.id != stage_id)
    with session.no_autoflush:
        if session.scalar(taken) is not None:
            raise InvalidInputError(_("An archived stage has this name. Choose another one."))
    stage.colour = colour if colour in COLOURS else ""
    session.flush()
    events.record(session, "stage.changed", actor=actor, name=stage.name, before=before)
    return stage


def shift(session: Session, stage_id: uuid.UUID, *, up: bool) -> Stage:
    """Let it change places with its neighbour; at the end nothing happens. Raises NotFoundError and
    InvalidInputError."""
    stages = list(_locked(session))
    stage = _of(stages, stage_id)
    here = stages.index(stage)
    there = here - 1 if up else here + 1
    if 0 <= there < len(stages):
        stages[here], stages[there] = stages[there], stages[here]
        _put_in_order(stages)
        session.flush()
    return stage


def archive(session: Session, stage_id: uuid.UUID, to_id: uuid.UUID | None, *, actor: Actor) -> int:
    """Take the stage out of use and move its leads; how many. Records stage.archived. Raises NotFoundError and
    InvalidInputError."""
    stages = _locked(session)
    stage = _of(stages, stage_id)
    target = next((each for each in stages if each.id == to_id and each is not stage), None)
    if target is None or target.kind != stage.kind:
        raise InvalidInputError(_("Choose another stage of the same meaning for its leads."))
    _put_in_order([each for each in stages if each is not stage])
    stage.archived_at = utc_now()
    count = _move_all(session, stage, target, actor)
    session.flush()
    events.record(session, "stage.archived", actor=actor, stage_id=str(stage.id), before=stage.name, name=target.name)
    return count


def _move_all(session: Session, stage: Stage, target: Stage, actor: Actor) -> int:
    """One line for each lead in its history, without what follows when somebody moves a lead: nobody decided anything
    about it."""
    now = utc_now()
    ids = session.scalars(select(Lead.id).where(Lead.stage_id == stage.id).with_for_update()).all()
    session.execute(
        update(Lead).where(Lead.stage_id == stage.id).values(stage_id=target.id, version=Lead.version + 1),
        execution_options={"synchronize_session": False},
    )
    ends = {"from_stage_id": stage.id, "to_stage_id": target.id}
    session.add_all(StageChange(lead_id=lead_id, changed_by=actor.id, changed_at=now, **ends) for lead_id in ids)
    data = {"from": stage.name, "to": target.name} | {name: str(value) for name, value in ends.items()}
    by = {"actor_id": actor.id, "actor_name": actor.name}
    session.add_all(Event(type="lead.stage_changed", lead_id=lead_id, data=data, at=now, **by) for lead_id in ids)
    return len(ids)


def _free_name(others: Sequence[Stage], name: str) -> str:
    name = contact.one_line(name)
    if not 1 <= len(name) <= MAX_NAME:
        raise InvalidInputError(_("A stage has a name of 1 to %(most)s characters.", most=MAX_NAME))
    if name.casefold() == SPAM or name.casefold() in {each.name.casefold() for each in others}:
        raise InvalidInputError(_("There is a stage of this name already."))
    return name


def _of(stages: Sequence[Stage], stage_id: uuid.UUID) -> Stage:
    for stage in stages:
        if stage.id == stage_id:
            return stage
    raise NotFoundError(_("There is no such stage any more. Reload the page to see the stages as they are now."))


def _put_in_order(stages: Sequence[Stage]) -> None:
    if stages[0].kind not in ("new", "open"):
        raise InvalidInputError(_("Leads begin in the first stage, so it cannot be won or lost."))
    for position, stage in enumerate(stages, 1):
        stage.position = position
