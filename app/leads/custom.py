"""What the company's own fields say of a lead."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import events
from app.core.clock import utc_now
from app.core.errors import InvalidInputError
from app.core.events import Actor
from app.core.words import gettext as _
from app.fields import shaping, values
from app.fields.models import CustomField, CustomValue
from app.fields.values import Answer
from app.leads.locking import lock

PREFIX = "field-"


@dataclass(frozen=True)
class Shown:
    """A field with what it says of a lead: as stored, and as people read it."""

    field: CustomField
    value: str
    words: str

    @property
    def input_name(self) -> str:
        return f"{PREFIX}{self.field.id}"


def blank(session: Session, typed: Mapping[str, str]) -> list[Shown]:
    """The fields for a lead that is not there yet, with what was typed."""
    return [Shown(field, typed.get(f"{PREFIX}{field.id}", ""), "") for field in shaping.active(session)]


def of_lead(session: Session, lead_id: uuid.UUID) -> list[Shown]:
    """The fields that are asked, and archived ones that say something."""
    said = {row.field_id: row.value for row in _rows(session, lead_id).values()}
    old = [field for field in shaping.archived(session) if field.id in said] if said else []
    fields = [*shaping.active(session), *old]
    return [Shown(field, said.get(field.id, ""), values.words(field, said.get(field.id, ""))) for field in fields]


def answers(fields: Sequence[CustomField], typed: Mapping[str, str]) -> dict[uuid.UUID, Answer]:
    """What was typed, by the ids of the fields. Raises InvalidInputError for the first that is missing or cannot be
    read."""
    given = {}
    for field in fields:
        answer = values.read(field, typed.get(f"{PREFIX}{field.id}", ""))
        if field.is_required and not answer.value:
            raise InvalidInputError(_("%(field)s: this is needed.", field=field.name))
        given[field.id] = answer
    return given


def write(
    session: Session, lead_id: uuid.UUID, given: Mapping[uuid.UUID, Answer], *, version: int | None, actor: Actor
) -> bool:
    """Store the answers and record lead.fields_changed with what each said before; false when nothing changed.

    Raises NotFoundError and ChangedMeanwhileError.
    """
    lead = lock(session, lead_id, version, frozen_too=True)
    rows, names = _rows(session, lead_id), {field.id: field.name for field in shaping.active(session)}
    changes = []
    for field_id, answer in given.items():
        row = rows.get(field_id)
        before = row.value if row else ""
        if field_id in names and before != answer.value:
            _put(session, lead_id, field_id, row, answer)
            changes.append([names[field_id], before, answer.value])
    if not changes:
        return False
    lead.updated_at = utc_now()
    session.flush()
    events.record(session, "lead.fields_changed", lead_id=lead_id, actor=actor, changes=changes)
    return True


def fill_in(session: Session, lead_id: uuid.UUID, given: Mapping[uuid.UUID, Answer]) -> None:
    """Store the answers of a lead that is being made."""
    for field_id, answer in given.items():
        if answer.value:
            _put(session, lead_id, field_id, None, answer)
    session.flush()


def _put(session: Session, lead_id: uuid.UUID, field_id: uuid.UUID, row: CustomValue | None, answer: Answer) -> None:
    if row is not None and not answer.value:
        session.delete(row)
    elif row is not None:
        row.value, row.number = answer.value, answer.number
    else:
        session.add(CustomValue(lead_id=lead_id, field_id=field_id, value=answer.value, number=answer.number))


def _rows(session: Session, lead_id: uuid.UUID) -> dict[uuid.UUID, CustomValue]:
    return {row.field_id: row for row in session.scalars(select(CustomValue).where(CustomValue.lead_id == lead_id))}
