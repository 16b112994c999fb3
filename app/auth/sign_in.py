"""Signing in with an address and a password; whoever wants to, with a code besides (`two_step.py`)."""

import uuid

from sqlalchemy.orm import Session

from app.auth import gates
from app.auth.models import User
from app.auth.passwords import Hasher
from app.core import tenancy
from app.journal import writing


def sign_in(session: Session, email: str | None, password: str, hasher: Hasher) -> uuid.UUID | None:
    """The user whose address and password these are; the session then serves their company. None for a wrong
    password and for an unknown address alike, after the same work. The caller commits even then: the try is noted."""
    found = gates.find_sign_in(session, email or "")
    if not hasher.matches(password, found.password_hash if found else None) or found is None:
        writing.note_failed_sign_in(session, found.user_id if found else None)
        return None
    tenancy.serve(session, found.company_id)
    user = session.get_one(User, found.user_id)
    if hasher.is_outdated(found.password_hash):
        user.password_hash = hasher.hash(password)
    return found.user_id


def note(session: Session, user_id: uuid.UUID) -> None:
    """The sign-in is whole: it stands in the log of the served company."""
    writing.write(session, "user.signed_in", user_id=user_id, user_name=session.get_one(User, user_id).name)


def note_wrong_code(session: Session, user_id: uuid.UUID) -> None:
    """The password was right and the code was not. The caller commits."""
    writing.write(session, "user.code_failed", user_id=user_id, user_name=session.get_one(User, user_id).name)
