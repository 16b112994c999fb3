"""Quarantine: leads that were taken for spam, by the rules or by a member, and the way back.

What is in quarantine is kept whole, stands in its own list, counts in no report and is reported to no ad platform.
"""

import uuid

from sqlalchemy.orm import Session

from app.core import events
from app.core.clock import utc_now
from app.core.events import Actor
from app.core.words import gettext as _
from app.leads.locking import lock
from app.leads.models import Lead

BY_HAND = "BY_HAND"


def put_in(session: Session, lead_id: uuid.UUID, *, actor: Actor) -> Lead:
    """Take the lead for spam and record lead.marked_spam; nothing happens when it is taken for spam already.

    Raises NotFoundError.
    """
    return _set(session, lead_id, [BY_HAND], "lead.marked_spam", actor)


def let_out(session: Session, lead_id: uuid.UUID, *, actor: Actor) -> Lead:
    """Take the lead for a customer and record lead.restored; nothing happens when it is one. Raises NotFoundError."""
    return _set(session, lead_id, [], "lead.restored", actor)


def reason_words(reasons: list[str]) -> list[str]:
    """Why the lead was taken for spam, as sentences."""
    words = {
        BY_HAND: _("Somebody in your team said so."),
        "TRAPPED": _("A field that people cannot see was filled in."),
        "MARKUP": _("The message carries link codes as machines write them."),
        "LINK_IN_NAME": _("The name is a link."),
        "MANY_LINKS": _("The message is full of links."),
        "ROBOT": _("It came from a program and not from a browser."),
        "DISPOSABLE_ADDRESS": _("The e-mail address is a throw-away one."),
        "NAME_IS_MESSAGE": _("Name and message are the same."),
    }
    return [words[reason] for reason in reasons if reason in words]


def _set(session: Session, lead_id: uuid.UUID, reasons: list[str], event: str, actor: Actor) -> Lead:
    lead = lock(session, lead_id)
    if lead.is_spam != bool(reasons):
        lead.is_spam = bool(reasons)
        lead.spam_reasons = reasons
        lead.updated_at = utc_now()
        session.flush()
        events.record(session, event, lead_id=lead.id, actor=actor)
    return lead
