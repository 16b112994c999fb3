"""Reading recordings: of calls, one alone, and what became of deletions."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.calls.models import Call
from app.calls.recordings.models import CallRecording, RecordingDeletion, RecordingListen
from app.core.errors import NotFoundError
from app.core.words import gettext as _
from app.leads.models import Lead

_MOST_SHOWN = 20


class Recorded(NamedTuple):
    """A recording with what decides who may listen."""

    row: CallRecording
    lead_id: uuid.UUID | None
    lead_owner_id: uuid.UUID | None


class Shown(NamedTuple):
    """A recording as pages show it."""

    row: CallRecording
    deletion: RecordingDeletion | None
    listeners: Sequence[str]


def find(session: Session, recording_id: uuid.UUID) -> Recorded:
    """Raises NotFoundError, also for another company's."""
    statement = (
        select(CallRecording, Call.lead_id, Lead.owner_id)
        .join(Call, Call.id == CallRecording.call_id)
        .outerjoin(Lead, Lead.id == Call.lead_id)
        .where(CallRecording.id == recording_id)
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        raise NotFoundError(_("There is no such recording any more."))
    return Recorded(*found)


def of_calls(session: Session, call_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Shown]]:
    """The recordings of each of these calls, the oldest first."""
    rows = session.scalars(
        select(CallRecording).where(CallRecording.call_id.in_([*call_ids])).order_by(CallRecording.id)
    ).all()
    ids = [row.id for row in rows]
    if not ids:
        return {}
    asked = session.scalars(select(RecordingDeletion).where(RecordingDeletion.recording_id.in_(ids)))
    deletions, listeners = {each.recording_id: each for each in asked}, _listeners(session, ids)
    found: dict[uuid.UUID, list[Shown]] = {}
    for row in rows:
        found.setdefault(row.call_id, []).append(Shown(row, deletions.get(row.id), listeners.get(row.id, ())))
    return found


def newest_deletions(session: Session) -> Sequence[RecordingDeletion]:
    statement = select(RecordingDeletion).order_by(RecordingDeletion.asked_at.desc(), RecordingDeletion.id.desc())
    return session.scalars(statement.limit(_MOST_SHOWN)).all()


def _listeners(session: Session, recording_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[str]]:
    statement = (
        select(RecordingListen.recording_id, RecordingListen.user_name)
        .where(RecordingListen.recording_id.in_(recording_ids))
        .order_by(RecordingListen.hour)
    )
    found: dict[uuid.UUID, dict[str, None]] = {}
    for recording_id, name in session.execute(statement):
        found.setdefault(recording_id, {})[name] = None
    return {recording_id: [*names] for recording_id, names in found.items()}
