"""Making mailed links, and how many mails an address may get."""

import uuid
from datetime import timedelta

from sqlalchemy.orm import Session

from app.core.clock import utc_now
from app.core.ids import new_secret, secret_hash
from app.mailing import gates as mailing
from app.recovery.models import MailedLink

LIFETIMES = {"confirm": timedelta(hours=24), "allow": timedelta(hours=24), "reset": timedelta(minutes=30)}

_LIMITS = {
    "confirm_address": (3, timedelta(hours=6)),
    "already_member": (3, timedelta(hours=6)),
    "allow_new_address": (3, timedelta(hours=6)),
    "reset_password": (5, timedelta(days=1)),
}
"""So many mails of a kind in so long a time: nobody can be flooded through us."""


def make(session: Session, purpose: str, user_id: uuid.UUID | None, email: str) -> str:
    """A new link's token, which is kept nowhere but in the mail."""
    token = new_secret()
    session.add(
        MailedLink(
            token_hash=secret_hash(token),
            purpose=purpose,
            user_id=user_id,
            email=email,
            expires_at=utc_now() + LIFETIMES[purpose],
        )
    )
    return token


def may_mail(session: Session, template: str, address: str) -> bool:
    """False when the address has had enough of this mail."""
    most, time = _LIMITS[template]
    return mailing.count_to(session, address, template, utc_now() - time) < most
