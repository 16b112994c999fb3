"""Who may listen, and that they did: every listening is an event, which the owner sees in the security log."""

import uuid

from sqlalchemy.orm import Session

from app.calls.recordings import gates
from app.calls.recordings.fetching import owner_of
from app.calls.recordings.queries import Recorded
from app.core import events
from app.core.clock import utc_now
from app.core.crypto import SealedBox
from app.core.errors import NotFoundError
from app.core.events import Actor
from app.core.words import gettext as _
from app.integrations.storage import SealedFile, Storage

_MANAGERS = ("owner", "admin")


def may_listen(role: str, user_id: uuid.UUID, lead_owner_id: uuid.UUID | None, *, everybody_listens: bool) -> bool:
    """Owners and admins, whose lead it is, and everybody if the owner wants it so."""
    return role in _MANAGERS or everybody_listens or (role != "viewer" and lead_owner_id == user_id)


def open_file(found: Recorded, box: SealedBox, storage: Storage) -> SealedFile:
    """Raises NotFoundError when there is nothing to listen to, SealError when its key was shredded."""
    if found.row.state != "kept":
        raise NotFoundError(_("There is no such recording any more."))
    return SealedFile(storage, found.row.file_name, box.open(found.row.sealed_key, owner=owner_of(found.row.id)))


def note(session: Session, found: Recorded, actor: Actor) -> None:
    """Once for each person, recording and hour, however often the player asks for a piece."""
    if actor.id is None:
        raise ValueError("only a person listens")
    if gates.note_listening(session, found.row.id, actor.id, actor.name, utc_now()):
        events.record(
            session, "lead.recording_heard", lead_id=found.lead_id, actor=actor, recording_id=str(found.row.id)
        )
