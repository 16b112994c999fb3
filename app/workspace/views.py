"""Saved views: a member keeps what the table is narrowed to under a name, alone or for the whole team."""

import uuid
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Event
from app.core.words import gettext as _
from app.leads import contact
from app.leads.filters import Asked
from app.workspace.models import SavedView

MAX_NAME = 60
MOST = 30
_LONGEST = 200


def seen_by(session: Session, user_id: uuid.UUID) -> Sequence[SavedView]:
    """The member's own and those that others share, by name."""
    statement = select(SavedView).where(or_(SavedView.user_id == user_id, SavedView.is_shared))
    return session.scalars(statement.order_by(SavedView.name, SavedView.id).limit(500)).all()


def save(session: Session, user_id: uuid.UUID, name: str, asked: Asked, *, is_shared: bool) -> SavedView:
    """Keep the view; one of the member's own with that name is replaced. Raises InvalidInputError."""
    name = contact.one_line(name)
    if not 1 <= len(name) <= MAX_NAME:
        raise InvalidInputError(_("A view has a name of 1 to %(most)s characters.", most=MAX_NAME))
    own = session.scalars(select(SavedView).where(SavedView.user_id == user_id).with_for_update()).all()
    view = next((each for each in own if each.name.lower() == name.lower()), None)
    if view is None:
        if len(own) >= MOST:
            raise InvalidInputError(_("You have saved %(most)s views already. Delete one first.", most=MOST))
        view = SavedView(user_id=user_id)
        session.add(view)
    view.name, view.is_shared = name, is_shared
    view.asked = {
        key: contact.one_line(value)[:_LONGEST] for key, value in asked.arguments().items() if key not in ("q", "notes")
    }
    session.flush()
    return view


def rename_stage_for_event(session: Session, event: Event) -> None:
    """Views of a stage follow it to its new name, or to the stage that took its leads."""
    before, now = event.data["before"], event.data["name"]
    for view in session.scalars(select(SavedView).where(SavedView.asked["stage"].astext == before)):
        view.asked = view.asked | {"stage": now}
    session.flush()


def delete(session: Session, view_id: uuid.UUID, user_id: uuid.UUID, *, is_admin: bool) -> str:
    """Delete the member's own view, or any shared one for an admin; its name. Raises NotFoundError."""
    view = session.scalar(select(SavedView).where(SavedView.id == view_id))
    if view is None or not (view.user_id == user_id or (is_admin and view.is_shared)):
        raise NotFoundError(_("There is no such view any more."))
    session.delete(view)
    session.flush()
    return view.name
