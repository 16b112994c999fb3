"""Notes: what members write about a lead. They are added, never changed."""

import uuid

from sqlalchemy.orm import Session

from app.core import events
from app.core.errors import InvalidInputError
from app.core.events import Actor
from app.core.words import gettext as _
from app.leads import contact, mentions
from app.leads.locking import lock
from app.leads.models import Note


def add(session: Session, lead_id: uuid.UUID, body: str, *, actor: Actor) -> Note:
    """Write the note and record lead.note_added, and lead.mentioned where it calls somebody.

    Raises NotFoundError; InvalidInputError for no or too much text.
    """
    body = contact.many_lines(body)
    if not body:
        raise InvalidInputError(_("Write something before you save the note."))
    if len(body) > contact.MAX_TEXT:
        raise InvalidInputError(
            _("Use at most %(most)s characters; this note has %(num)s.", most=contact.MAX_TEXT, num=len(body))
        )
    if actor.id is None:
        raise ValueError("a note has an author")
    lead = lock(session, lead_id)
    note = Note(lead_id=lead.id, author_id=actor.id, author_name=actor.name, body=body)
    session.add(note)
    session.flush()
    events.record(session, "lead.note_added", lead_id=lead.id, actor=actor, note_id=str(note.id))
    if told := mentions.mentioned(body, mentions.members(session)):
        user_ids = [str(user_id) for user_id in told]
        events.record(session, "lead.mentioned", lead_id=lead.id, actor=actor, note_id=str(note.id), user_ids=user_ids)
    return note
