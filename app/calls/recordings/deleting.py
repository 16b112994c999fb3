"""Deleting a recording: here at once, and at the provider until it has answered.

With the commit the recording has no key any more, so nothing opens what is left of it. A row of its own says what is
still to be done: the file, and the provider's copy. It outlives the recording, the call and the lead, and keeps the
provider's answer.
"""

import uuid
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.calls import queries
from app.calls.models import Call
from app.calls.providers import secret_of
from app.calls.recordings.fetching import LostClaimError
from app.calls.recordings.gates import Claimed
from app.calls.recordings.models import CallRecording, RecordingDeletion
from app.core import events
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.crypto import SealedBox
from app.core.errors import NotFoundError
from app.core.events import LEADER, Actor
from app.core.queue import ring_after_commit
from app.core.words import gettext as _
from app.integrations.storage import storage_of
from app.integrations.telephony import media
from app.integrations.telephony.media import Remote

LEASE = timedelta(minutes=2)
QUEUE, JOB = "slow", "app.calls.recordings.jobs.delete_due"
MOST_ATTEMPTS = 12
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(days=1)


def delete(session: Session, recording_id: uuid.UUID, *, reason: str, actor: Actor = LEADER) -> CallRecording:
    """Raises NotFoundError, also for one that is deleted already."""
    statement = select(CallRecording).where(CallRecording.id == recording_id).with_for_update()
    row = session.scalar(statement.execution_options(populate_existing=True))
    if row is None or row.state == "deleted":
        raise NotFoundError(_("There is no such recording any more."))
    _plan(session, row, reason)
    row.state, row.deleted_at, row.deleted_by_name = "deleted", utc_now(), actor.name
    row.sealed_key, row.file_name, row.transcript, row.peaks, row.remote_url = "", "", "", b"", ""
    session.flush()
    lead_id = session.scalar(select(Call.lead_id).where(Call.id == row.call_id))
    events.record(session, "lead.recording_deleted", lead_id=lead_id, actor=actor, reason=reason)
    return row


def plan_for_lead(session: Session, lead_id: uuid.UUID) -> None:
    """Before the lead's rows go: what they held goes too, here and at the provider."""
    held = select(CallRecording).join(Call, Call.id == CallRecording.call_id).where(Call.lead_id == lead_id)
    for row in session.scalars(held.where(CallRecording.state != "deleted")):
        _plan(session, row, "erased")
    session.flush()


def _plan(session: Session, row: CallRecording, reason: str) -> None:
    session.add(
        RecordingDeletion(
            recording_id=row.id,
            provider=row.provider,
            external_id=row.external_id,
            account=row.account,
            file_name=row.file_name,
            reason=reason,
        )
    )
    ring_after_commit(session, QUEUE, JOB)


def errand(session: Session, claimed: Claimed, box: SealedBox) -> tuple[RecordingDeletion, Remote]:
    """What is to be deleted, and where. Raises LostClaimError."""
    row = session.scalar(select(RecordingDeletion).where(RecordingDeletion.id == claimed.row_id))
    if row is None or row.claim != claimed.claim:
        raise LostClaimError
    provider = queries.providers(session).get(row.provider)
    secret = secret_of(provider, box) if provider else ""
    return row, Remote(row.provider, row.external_id, "", row.account, secret)


def carry(file_name: str, remote: Remote, settings: Settings) -> int | None:
    """Delete the file, then ask the provider; its status, or None where nobody can ask. Raises LeaderError."""
    if file_name:
        storage_of(settings).delete(file_name)
    return media.delete(remote, settings) if media.can_delete(remote.provider) else None


def settle(session: Session, claimed: Claimed, status: int | None) -> None:
    """Note the answer. Anything but gone is asked for again, less and less often, and in the end left to a person."""
    if status is None:
        _write(session, claimed, state="by_hand", file_name="")
    elif 200 <= status < 300 or status == 404:
        _write(session, claimed, state="done", status=status, answered_at=utc_now(), file_name="")
    else:
        again(session, claimed, status=status)


def again(session: Session, claimed: Claimed, status: int | None = None) -> None:
    """Due again later, or left to a person in the end. Raises LostClaimError."""
    pause = min(_FIRST_PAUSE * 2 ** min(claimed.attempts - 1, MOST_ATTEMPTS), _LONGEST_PAUSE)
    values: dict[str, object] = {"due_at": utc_now() + pause}
    if claimed.attempts >= MOST_ATTEMPTS:
        values["state"] = "given_up"
    if status is not None:
        values |= {"status": status, "answered_at": utc_now()}
    _write(session, claimed, **values)


def _write(session: Session, claimed: Claimed, **values: object) -> None:
    statement = (
        update(RecordingDeletion)
        .where(
            RecordingDeletion.id == claimed.row_id,
            RecordingDeletion.claim == claimed.claim,
            RecordingDeletion.state == "due",
        )
        .values(**values)
        .returning(RecordingDeletion.id)
        .execution_options(synchronize_session=False)
    )
    if session.execute(statement).one_or_none() is None:
        raise LostClaimError
