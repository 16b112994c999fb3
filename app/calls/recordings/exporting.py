"""The recordings of a company, opened, for its export archive."""

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.calls.models import Call
from app.calls.recordings.fetching import owner_of
from app.calls.recordings.models import CallRecording
from app.companies.vault import open_vault
from app.core.errors import PermanentError
from app.core.services import services
from app.integrations.storage import SealedFile, storage_of
from app.leads.models import Lead

_ENDINGS = {"audio/wav": "wav", "audio/mpeg": "mp3"}


def recordings(session: Session) -> Iterator[tuple[str, Iterable[bytes]]]:
    """(name, content) of each that is kept, but for those of samples."""
    statement = (
        select(CallRecording)
        .join(Call, Call.id == CallRecording.call_id)
        .outerjoin(Lead, Lead.id == Call.lead_id)
        .where(CallRecording.state == "kept", Lead.is_demo.is_not(True))
        .order_by(CallRecording.id)
    )
    rows = session.scalars(statement).all()
    if not rows:
        return
    box, storage = open_vault(session, services().key_ring), storage_of(services().settings)
    for row in rows:
        key = box.open(row.sealed_key, owner=owner_of(row.id))
        reader = SealedFile(storage, row.file_name, key).open(row.size)
        try:
            reader.read(1)
        except PermanentError:  # deleted since the moment that the archive is of
            continue
        yield f"recordings/{row.id}.{_ENDINGS[row.media_type]}", reader.pieces()
