"""What people may correct about themselves."""

import uuid

from sqlalchemy.orm import Session

from app.auth import confirming, queries, sessions
from app.auth.confirming import Proof
from app.auth.models import User
from app.auth.passwords import Hasher
from app.core import events
from app.core.events import Actor


def correct(session: Session, user_id: uuid.UUID, *, name: str, job_title: str, language: str) -> None:
    """Put right the name, the language and the role in the company."""
    user = session.get_one(User, user_id)
    user.name, user.language = name, language
    queries.membership(session, user_id).job_title = job_title


def change_password(session: Session, actor: Actor, proof: Proof, *, new: str) -> None:
    """Change the password and end every session of the user. Raises InvalidInputError for a wrong proof."""
    confirming.confirm(session, actor, proof, field="current")
    user = session.get_one(User, actor.id)
    set_password(session, user.id, user.name, new, proof.hasher)


def set_password(session: Session, user_id: uuid.UUID, name: str, new: str, hasher: Hasher) -> None:
    """Store the new password of a member and end every session of theirs."""
    session.get_one(User, user_id).password_hash = hasher.hash(new)
    sessions.end_all(session, user_id)
    events.record(session, "user.password_changed", actor=Actor(user_id, name))
