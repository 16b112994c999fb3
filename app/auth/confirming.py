"""Confirming that the person at the keyboard is still the one who signed in: with the password, and with a code if
theirs is a two-step sign-in."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.auth import two_step
from app.auth.models import User
from app.auth.passwords import Hasher
from app.core.crypto import KeyRing
from app.core.errors import InvalidInputError
from app.core.events import Actor
from app.core.words import gettext as _


@dataclass(frozen=True)
class Proof:
    """What was typed, and what it is checked with."""

    password: str
    code: str
    hasher: Hasher
    ring: KeyRing


def confirm(session: Session, actor: Actor, proof: Proof, *, field: str = "password") -> None:
    """Raises InvalidInputError, with the sentence for `field` or for `code`, unless both are right. The code is used
    up only where the password is right."""
    user = session.get_one(User, actor.id)
    if not proof.hasher.matches(proof.password, user.password_hash):
        sentence = _("This is not your password.")
        raise InvalidInputError(sentence, fields={field: sentence}, reason="wrong_password")
    if not two_step.use(session, user.id, proof.code, proof.ring):
        raise two_step.wrong_code()
