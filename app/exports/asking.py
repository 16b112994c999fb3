"""Asking for an export, looking at exports, and deleting an archive by hand."""

import uuid
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import events
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Actor, Event
from app.core.queue import ring_after_commit
from app.core.words import gettext as _
from app.exports.models import ACTIVE, Export

JOB = "app.exports.jobs.make_due"
QUEUE = "slow"
MOST_A_DAY = 3
_SHOWN = 5


def folder(settings: Settings, company_id: uuid.UUID) -> Path:
    """Where a company's archives lie, sealed."""
    return settings.data_dir / "exports" / str(company_id)


def ask(session: Session, actor: Actor) -> Export:
    """A new export, or the one that is being made. Raises InvalidInputError after three on one day."""
    active = select(Export).where(Export.state.in_(ACTIVE))
    if found := session.scalars(active).one_or_none():
        return found
    since = utc_now() - timedelta(days=1)
    if (session.scalar(select(func.count()).select_from(Export).where(Export.asked_at > since)) or 0) >= MOST_A_DAY:
        raise InvalidInputError(_("You asked for three exports within a day. Ask again tomorrow."), reason="too_many")
    if actor.id is None:
        raise ValueError("only a person asks for an export")
    export = Export(asked_by=actor.id, asked_by_name=actor.name)
    try:
        with session.begin_nested():
            session.add(export)
    except IntegrityError:  # somebody asked at the same moment
        return session.scalars(active).one()
    events.record(session, "export.asked", actor=actor, export_id=str(export.id))
    ring_after_commit(session, QUEUE, JOB)
    return export


def newest(session: Session) -> list[Export]:
    """The last few exports, the newest first."""
    return list(session.scalars(select(Export).order_by(Export.asked_at.desc(), Export.id.desc()).limit(_SHOWN)))


def find(session: Session, export_id: uuid.UUID) -> Export:
    """Raises NotFoundError, also for another company's."""
    export = session.scalars(select(Export).where(Export.id == export_id)).one_or_none()
    if export is None:
        raise NotFoundError(_("There is no such export."))
    return export


def end_for_event(session: Session, _event: Event) -> None:
    """Somebody was erased. Archives that may hold the person lose their key with the same commit, and the sweep deletes
    what is left of them; one that is being made begins anew."""
    session.execute(
        update(Export)
        .where(Export.state == "ready")
        .values(state="expired", problem="person_erased", sealed_key="", file_name="")
    )
    session.execute(update(Export).where(Export.state == "running").values(state="asked", due_at=utc_now()))


def end(session: Session, export: Export, folder: Path, actor: Actor = events.LEADER) -> None:
    """Delete the archive and its key; the row says that there was one."""
    if export.state != "ready":
        return
    (folder / export.file_name).unlink(missing_ok=True)
    export.state, export.file_name, export.sealed_key = "expired", "", ""
    events.record(session, "export.expired", actor=actor, export_id=str(export.id))
