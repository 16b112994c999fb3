"""Confirming with the password that the person at the keyboard is still the one who signed in."""

from sqlalchemy.orm import Session

from app.auth.models import User
from app.auth.passwords import Hasher
from app.core.errors import InvalidInputError
from app.core.events import Actor
from app.core.words import gettext as _


def confirm(session: Session, actor: Actor, password: str, hasher: Hasher, *, field: str = "password") -> None:
    """Raises InvalidInputError, with the sentence for `field`, unless this is the person's password."""
    user = session.get_one(User, actor.id)
    if not hasher.matches(password, user.password_hash):
        sentence = _("This is not your password.")
        raise InvalidInputError(sentence, fields={field: sentence}, reason="wrong_password")
