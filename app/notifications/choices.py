"""What a member wants to be told of, and how."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.companies.models import Company
from app.core.clock import utc_now
from app.core.events import Event
from app.core.ids import new_secret
from app.notifications.digest_times import next_due
from app.notifications.kinds import BY_KEY, DIGESTS
from app.notifications.models import NotificationChoice


def set_up_for_event(session: Session, event: Event) -> None:
    """Somebody founded a company or joined it: keep their wishes from now on."""
    member = event.data.get("user_id") or event.actor_id
    if member:
        of(session, uuid.UUID(str(member)))


def of(session: Session, user_id: uuid.UUID) -> NotificationChoice:
    """The member's row, made with the defaults when there is none yet."""
    found = session.scalars(
        select(NotificationChoice).where(NotificationChoice.user_id == user_id).with_for_update()
    ).one_or_none()
    if found is None:
        found = NotificationChoice(user_id=user_id, unsubscribe_key=new_secret(), no_mail=[], no_bell=[])
        found.digest, found.told_until = "weekly", utc_now()
        found.digest_due_at = next_due("weekly", _zone(session), utc_now())
        session.add(found)
        session.flush()
    return found


def save(session: Session, user_id: uuid.UUID, *, mail: set[str], bell: set[str], digest: str) -> None:
    """Store the wishes: the kinds to mail, those to show at the bell, and how often a digest comes."""
    choice = of(session, user_id)
    choice.no_mail = [key for key in BY_KEY if key not in mail]
    choice.no_bell = [key for key in BY_KEY if key not in bell]
    if digest in DIGESTS and digest != choice.digest:
        choice.digest, choice.told_until = digest, utc_now()
        choice.digest_due_at = next_due(digest, _zone(session), utc_now())


def unsubscribe(session: Session, user_id: uuid.UUID, kind: str) -> None:
    """No more mail of this kind (or no more digests) for the member."""
    choice = of(session, user_id)
    if kind == "digest":
        choice.digest = "none"
    elif kind in BY_KEY and kind not in choice.no_mail:
        choice.no_mail = [*choice.no_mail, kind]


def _zone(session: Session) -> str:
    return session.scalars(select(Company.time_zone)).one()
