"""Reasons for losing a lead: five to begin with, in the founder's language; a company adds and retires its own."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Event
from app.core.words import gettext as _
from app.follow_up.models import LostReason
from app.leads import contact

MAX_NAME = 80
MOST = 30


def set_up(session: Session, _event: Event) -> None:
    """Give a newly founded company its first reasons. Reacts to company.founded."""
    names = (_("Too expensive"), _("Chose somebody else"), _("No answer"), _("Not what we do"), _("Changed their mind"))
    session.add_all(LostReason(name=name, position=position) for position, name in enumerate(names, 1))
    session.flush()


def add(session: Session, name: str) -> LostReason:
    """Add a reason, or bring a retired one back. Raises InvalidInputError."""
    name = contact.one_line(name)
    if not 1 <= len(name) <= MAX_NAME:
        raise InvalidInputError(_("A reason has 1 to %(most)s characters.", most=MAX_NAME))
    reasons = session.scalars(select(LostReason).order_by(LostReason.position).with_for_update()).all()
    for reason in reasons:
        if reason.name.lower() == name.lower():
            reason.is_retired = False
            return reason
    if len(reasons) >= MOST:
        raise InvalidInputError(_("You have %(most)s reasons already. Use one of them.", most=MOST))
    last = session.scalar(select(func.max(LostReason.position))) or 0
    reason = LostReason(name=name, position=last + 1)
    session.add(reason)
    session.flush()
    return reason


def retire(session: Session, reason_id: uuid.UUID) -> LostReason:
    """Offer the reason no longer. Leads that have it keep it. Raises NotFoundError."""
    reason = session.scalar(select(LostReason).where(LostReason.id == reason_id))
    if reason is None:
        raise NotFoundError(_("There is no such reason any more."))
    reason.is_retired = True
    session.flush()
    return reason
