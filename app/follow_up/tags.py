"""Tags: words by which a company groups its leads. Writing a new one makes it."""

import uuid

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import events
from app.core.errors import InvalidInputError
from app.core.events import Actor
from app.core.words import gettext as _
from app.leads import contact
from app.leads.locking import lock
from app.leads.models import LeadTag, Tag

MAX_NAME = 40
MOST_ON_A_LEAD = 20
MOST_IN_A_COMPANY = 500


def put(session: Session, lead_id: uuid.UUID, name: str, *, actor: Actor) -> Tag:
    """Put the tag on the lead and record lead.tagged; nothing happens when it is there already.

    Upper and lower case are the same tag. Raises NotFoundError and InvalidInputError.
    """
    name = contact.one_line(name)
    if not 1 <= len(name) <= MAX_NAME:
        raise InvalidInputError(_("A tag has 1 to %(most)s characters.", most=MAX_NAME))
    lead = lock(session, lead_id)
    tag = _find_or_make(session, name)
    on_lead = set(session.scalars(select(LeadTag.tag_id).where(LeadTag.lead_id == lead.id)))
    if tag.id in on_lead:
        return tag
    if len(on_lead) >= MOST_ON_A_LEAD:
        raise InvalidInputError(_("A lead can have up to %(most)s tags. Take one off first.", most=MOST_ON_A_LEAD))
    session.add(LeadTag(lead_id=lead.id, tag_id=tag.id))
    session.flush()
    events.record(session, "lead.tagged", lead_id=lead.id, actor=actor, tag=tag.name)
    return tag


def take_off(session: Session, lead_id: uuid.UUID, tag_id: uuid.UUID, *, actor: Actor) -> bool:
    """Take the tag off the lead and record lead.untagged; false, and nothing happens, when it is not there.

    Raises NotFoundError when there is no such lead.
    """
    lead = lock(session, lead_id)
    name = session.scalar(select(Tag.name).where(Tag.id == tag_id))
    gone = session.scalars(
        delete(LeadTag).where(LeadTag.lead_id == lead.id, LeadTag.tag_id == tag_id).returning(LeadTag.id)
    ).first()
    if gone is not None:
        events.record(session, "lead.untagged", lead_id=lead.id, actor=actor, tag=name)
    return gone is not None


def _find_or_make(session: Session, name: str) -> Tag:
    """Of two people who invent the same tag at once, the second waits for the first and takes theirs."""
    statement = select(Tag).where(func.lower(Tag.name) == func.lower(name))
    found = session.scalar(statement)
    if found is not None:
        return found
    if len(session.scalars(select(Tag.id).limit(MOST_IN_A_COMPANY)).all()) >= MOST_IN_A_COMPANY:
        raise InvalidInputError(_("You have %(most)s tags already. Use one of them.", most=MOST_IN_A_COMPANY))
    tag = Tag(name=name)
    try:
        with session.begin_nested():
            session.add(tag)
    except IntegrityError:
        return session.scalars(statement).one()
    return tag
