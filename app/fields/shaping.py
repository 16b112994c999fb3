"""The fields as their owner shapes them. What a field asks for (its kind) never changes, so that old answers stay
readable."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import events
from app.core.clock import utc_now
from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Actor
from app.core.words import gettext as _
from app.fields.models import CustomField

KINDS = ("text", "number", "date", "choice", "yes_no")
MOST = 30
MAX_NAME = 60
MOST_CHOICES = 50


def active(session: Session) -> Sequence[CustomField]:
    """The fields that are asked, in the company's order."""
    statement = select(CustomField).where(CustomField.archived_at.is_(None))
    return session.scalars(statement.order_by(CustomField.position, CustomField.id)).all()


def find(session: Session, field_id: uuid.UUID | None) -> CustomField | None:
    return session.scalar(select(CustomField).where(CustomField.id == field_id)) if field_id else None


def archived(session: Session) -> Sequence[CustomField]:
    statement = select(CustomField).where(CustomField.archived_at.is_not(None))
    return session.scalars(statement.order_by(CustomField.name)).all()


def add(
    session: Session, name: str, kind: str, choices: Sequence[str], *, is_required: bool, actor: Actor
) -> CustomField:
    """Raises InvalidInputError."""
    known = session.scalars(select(CustomField).with_for_update()).all()
    if kind not in KINDS:
        raise InvalidInputError(_("Choose what the field is for."))
    if sum(field.archived_at is None for field in known) >= MOST:
        raise InvalidInputError(_("You have %(most)s fields already. Archive one first.", most=MOST))
    field = CustomField(name=_free_name(known, name), kind=kind, choices=_choices(kind, choices))
    field.position = 1 + max((each.position for each in known), default=0)
    field.is_required = is_required
    session.add(field)
    session.flush()
    events.record(session, "field.added", actor=actor, name=field.name)
    return field


def change(
    session: Session, field_id: uuid.UUID, name: str, choices: Sequence[str], *, is_required: bool, actor: Actor
) -> CustomField:
    """Another name, other choices. Leads keep an answer that is no choice any more. Raises NotFoundError and
    InvalidInputError."""
    known = session.scalars(select(CustomField).with_for_update()).all()
    field = _of(known, field_id)
    field.name = _free_name([each for each in known if each is not field], name)
    field.choices, field.is_required = _choices(field.kind, choices), is_required
    session.flush()
    events.record(session, "field.changed", actor=actor, name=field.name)
    return field


def shift_up(session: Session, field_id: uuid.UUID) -> CustomField:
    """Let it stand before the one above it. Raises NotFoundError."""
    fields = list(active(session))
    field = _of(fields, field_id)
    if here := fields.index(field):
        fields[here - 1], fields[here] = fields[here], fields[here - 1]
    for position, each in enumerate(fields, 1):
        each.position = position
    session.flush()
    return field


def archive(session: Session, field_id: uuid.UUID, *, back: bool, actor: Actor) -> CustomField:
    """Ask the field no more, or again. Raises NotFoundError and InvalidInputError."""
    known = session.scalars(select(CustomField).with_for_update()).all()
    field = _of(known, field_id)
    if back and sum(each.archived_at is None for each in known) >= MOST:
        raise InvalidInputError(_("You have %(most)s fields already. Archive one first.", most=MOST))
    field.archived_at = None if back else utc_now()
    session.flush()
    events.record(session, "field.restored" if back else "field.archived", actor=actor, name=field.name)
    return field


def _choices(kind: str, choices: Sequence[str]) -> list[str]:
    if kind != "choice":
        return []
    found = [text for choice in choices if (text := " ".join(choice.split())[:MAX_NAME])]
    found = list(dict.fromkeys(found))
    if not 2 <= len(found) <= MOST_CHOICES:
        raise InvalidInputError(_("Enter 2 to %(most)s choices, one on each line.", most=MOST_CHOICES))
    return found


def _free_name(others: Sequence[CustomField], name: str) -> str:
    name = " ".join("".join(c for c in name if c.isprintable() or c.isspace()).split())
    if not 1 <= len(name) <= MAX_NAME:
        raise InvalidInputError(_("A field has a name of 1 to %(most)s characters.", most=MAX_NAME))
    if name.lower() in {each.name.lower() for each in others}:
        raise InvalidInputError(_("There is a field of this name already, perhaps among the archived ones."))
    return name


def _of(fields: Sequence[CustomField], field_id: uuid.UUID) -> CustomField:
    for field in fields:
        if field.id == field_id:
            return field
    raise NotFoundError(_("There is no such field any more."))
