"""Giving support access to the company's leads, and ending it.

1. A grant has an end, a week away at most. One lives at a time: a new one ends the one before.
2. Ended is ended at once: each look of the staff asks for the grant anew.
"""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Update, select, update
from sqlalchemy.orm import Session

from app.core import events
from app.core.clock import utc_now
from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Actor
from app.core.words import gettext as _
from app.grants.models import AccessGrant

HOURS = (1, 24, 72, 168)
_SHOWN = 20


def give(session: Session, actor: Actor, hours: int) -> AccessGrant:
    """Let support look for so many hours. Raises InvalidInputError."""
    if hours not in HOURS:
        raise InvalidInputError(_("Choose for how long."))
    now = utc_now()
    session.execute(_living().values(ended_at=now))
    grant = AccessGrant(
        granted_by=actor.id, granted_by_name=actor.name, created_at=now, ends_at=now + timedelta(hours=hours)
    )
    session.add(grant)
    session.flush()
    events.record(session, "support.access_granted", actor=actor, ends_at=grant.ends_at.isoformat())
    return grant


def end(session: Session, actor: Actor, grant_id: uuid.UUID) -> None:
    """Raises NotFoundError when there is no such grant that lives."""
    ended = session.scalars(
        _living().where(AccessGrant.id == grant_id).values(ended_at=utc_now()).returning(AccessGrant.id)
    )
    if ended.first() is None:
        raise NotFoundError(_("This access has ended already."))
    events.record(session, "support.access_ended", actor=actor)


def living(session: Session) -> AccessGrant | None:
    """The grant that support has now."""
    statement = select(AccessGrant).where(AccessGrant.ended_at.is_(None), AccessGrant.ends_at > utc_now())
    return session.scalars(statement.order_by(AccessGrant.id.desc()).limit(1)).first()


def newest(session: Session) -> Sequence[AccessGrant]:
    """The last grants, the newest first."""
    return session.scalars(select(AccessGrant).order_by(AccessGrant.id.desc()).limit(_SHOWN)).all()


def _living() -> Update:
    return update(AccessGrant).where(AccessGrant.ended_at.is_(None), AccessGrant.ends_at > utc_now())
