"""What people may correct about themselves."""

import uuid

from sqlalchemy.orm import Session

from app.auth import queries, sessions
from app.auth.models import User
from app.auth.passwords import Hasher
from app.core import events
from app.core.errors import InvalidInputError
from app.core.events import Actor
from app.core.words import gettext as _


def correct(session: Session, user_id: uuid.UUID, *, name: str, job_title: str, language: str) -> None:
    """Put right the name, the language and the role in the company."""
    user = session.get_one(User, user_id)
    user.name, user.language = name, language
    queries.membership(session, user_id).job_title = job_title


def change_password(session: Session, actor: Actor, *, current: str, new: str, hasher: Hasher) -> None:
    """Change the password and end every session of the user. Raises InvalidInputError when the current one is
    wrong."""
    if actor.id is None:
        raise ValueError("only a person has a password")
    user = session.get_one(User, actor.id)
    if not hasher.matches(current, user.password_hash):
        sentence = _("This is not your current password.")
        raise InvalidInputError(sentence, fields={"current": sentence}, reason="wrong_password")
    set_password(session, user.id, user.name, new, hasher)


def set_password(session: Session, user_id: uuid.UUID, name: str, new: str, hasher: Hasher) -> None:
    """Store the new password of a member and end every session of theirs."""
    session.get_one(User, user_id).password_hash = hasher.hash(new)
    sessions.end_all(session, user_id)
    events.record(session, "user.password_changed", actor=Actor(user_id, name))
