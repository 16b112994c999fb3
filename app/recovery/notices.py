"""Notices of what an account's owner should know of, in case it was somebody else."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.models import User
from app.companies.models import Company
from app.core.events import Event
from app.mailing import outbox
from app.recovery import gates

_WAY_OUT = "/forgotten-password"


def tell_of_new_device(session: Session, event: Event) -> None:
    """Somebody signed in from a browser in which this person never did."""
    user = session.get_one(User, event.actor_id)
    zone = session.scalars(select(Company.time_zone)).one()
    where = {"browser": event.data["browser"], "ip_address": event.data["ip_address"]}
    values = {"name": user.name, "at": event.at.isoformat(), "time_zone": zone, "path": _WAY_OUT, **where}
    outbox.post(session, "new_device", to=user.email, language=user.language, **values)


def tell_of_new_password(session: Session, event: Event) -> None:
    """The password was changed, which also ends links that were mailed to change it."""
    user = session.get_one(User, event.actor_id)
    gates.drop_resets(session, user.id)
    values = {"name": user.name, "path": _WAY_OUT}
    outbox.post(session, "password_changed", to=user.email, language=user.language, **values)


def tell_of_two_step(session: Session, event: Event) -> None:
    """Two-step sign-in was turned off: who it was, in case it was somebody else."""
    user = session.get_one(User, uuid.UUID(event.data["user_id"]))
    by = "" if event.actor_id == user.id else event.actor_name
    values = {"name": user.name, "by": by, "path": "/settings/two-step"}
    outbox.post(session, "account_two_step_off", to=user.email, language=user.language, **values)
