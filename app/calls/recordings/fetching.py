"""Fetching a recording: claimed with a lease, sealed into a file of its own, noted when the file is whole.

A worker may die between any two lines. The row names the file and its key before the file is written, so none is
ever left that nothing leads to; whoever claims next deletes it and begins anew. All writes name the claim.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.calls import queries
from app.calls.models import Call
from app.calls.providers import secret_of
from app.calls.recordings.gates import Claimed
from app.calls.recordings.models import CallRecording
from app.core import events
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.crypto import SealedBox
from app.core.errors import LeaderError, PermanentError, RetryableError
from app.core.sealed_files import new_file_key
from app.core.words import gettext as _
from app.integrations.storage import SealedFile, storage_of
from app.integrations.telephony import media, sound
from app.integrations.telephony.media import Remote

LEASE = timedelta(minutes=4)
KIND = "recordings"
MOST_ATTEMPTS = 8
_FIRST_PAUSE = timedelta(seconds=30)


class LostClaimError(Exception):
    """Another worker has taken over, or the recording is gone: leave everything to it."""


@dataclass(frozen=True)
class Errand:
    """All that the way to the provider needs; no session goes along."""

    remote: Remote
    file_name: str
    key: str
    stale_name: str
    """What an earlier worker may have left behind."""


@dataclass(frozen=True)
class Found:
    size: int
    media_type: str
    peaks: bytes


def owner_of(recording_id: uuid.UUID) -> str:
    """The place that a file's key is bound to."""
    return f"call_recordings/{recording_id}/sealed_key"


def begin(session: Session, claimed: Claimed, box: SealedBox) -> Errand:
    """Note the file and its key before the file is there. Raises PermanentError when it may not be kept any more."""
    row = session.scalar(select(CallRecording).where(CallRecording.id == claimed.row_id))
    settings = queries.settings(session)
    if row is None:
        raise LostClaimError
    if settings is None or not (settings.is_enabled and settings.keeps_recordings):
        raise PermanentError(_("Recordings are switched off."), reason="switched_off")
    provider = queries.providers(session).get(row.provider)
    secret = secret_of(provider, box) if provider else ""
    remote, stale = Remote(row.provider, row.external_id, row.remote_url, row.account, secret), row.file_name
    key, name = new_file_key(), f"{KIND}/{claimed.company_id}/{claimed.row_id}-{claimed.claim}"
    write(session, claimed, file_name=name, sealed_key=box.seal(key, owner=owner_of(row.id)))
    return Errand(remote, name, key, stale)


def carry(errand: Errand, settings: Settings) -> Found:
    """Fetch, seal and look at it once more. Raises RetryableError and PermanentError."""
    storage = storage_of(settings)
    if errand.stale_name:
        storage.delete(errand.stale_name)
    file = SealedFile(storage, errand.file_name, errand.key)
    with media.opened(errand.remote, settings) as answer:
        pieces = answer.pieces()
        beginning = next(pieces, b"")
        kind = sound.media_type(beginning)
        if not kind:
            raise PermanentError(_("The provider sent something that is no recording."), reason="no_sound")
        size = file.write(_together(beginning, pieces))
    return Found(size, kind, sound.peaks(file.open(size), kind))


def finish(session: Session, claimed: Claimed, found: Found) -> None:
    """Kept, with the event. Raises LostClaimError."""
    values = {"size": found.size, "media_type": found.media_type, "peaks": found.peaks, "problem": ""}
    write(session, claimed, state="kept", kept_at=utc_now(), **values)
    lead_id = session.scalar(
        select(Call.lead_id)
        .join(CallRecording, CallRecording.call_id == Call.id)
        .where(CallRecording.id == claimed.row_id)
    )
    events.record(session, "lead.recording_kept", lead_id=lead_id, recording_id=str(claimed.row_id))


def give_back(session: Session, claimed: Claimed, error: LeaderError) -> None:
    """After an error: due again later, twice as late each time, or not any more. Raises LostClaimError."""
    reason = error.reason[:100]
    if reason == "switched_off":
        write(session, claimed, state="refused", problem=reason, file_name="", sealed_key="")
    elif isinstance(error, RetryableError) and claimed.attempts < MOST_ATTEMPTS:
        later = utc_now() + _FIRST_PAUSE * 2 ** (claimed.attempts - 1)
        write(session, claimed, due_at=later, problem=reason)
    else:
        write(session, claimed, state="failed", problem=reason, file_name="", sealed_key="")


def write(session: Session, claimed: Claimed, **values: object) -> None:
    """Change the row while the claim is ours. Raises LostClaimError."""
    statement = (
        update(CallRecording)
        .where(CallRecording.id == claimed.row_id, CallRecording.claim == claimed.claim, CallRecording.state == "due")
        .values(**values)
        .returning(CallRecording.id)
        .execution_options(synchronize_session=False)
    )
    if session.execute(statement).one_or_none() is None:
        raise LostClaimError


def _together(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
