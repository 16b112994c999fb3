"""Signing in to the desk: a password, and a code that is good once."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.auth import codes
from app.auth.passwords import Hasher
from app.core.clock import utc_now
from app.core.crypto import KeyRing
from app.core.ids import new_id, new_secret, secret_hash
from app.desk import gates

LIFETIME = timedelta(hours=8)
"""Absolute: working at the desk does not prolong it."""
OWNER = "staff.sealed_code_key:{}"
"""Whose a sealed key is, by the address."""


def sign_in(session: Session, email: str, password: str, code: str, *, hasher: Hasher, ring: KeyRing) -> str | None:
    """The token of a new session. None for whatever was wrong, after the same work for an unknown address."""
    found = gates.find_staff(session, email)
    if not hasher.matches(password, found.password_hash if found else None) or found is None:
        return None
    key = ring.open_box(found.wrapped_key).open(found.sealed_code_key, owner=OWNER.format(email.lower()))
    step = codes.step_of(code, key, utc_now())
    if step is None:
        return None
    token, until = new_secret(), utc_now() + LIFETIME
    begun = gates.start_session(
        session, found.staff_id, step=step, session_id=new_id(), token_hash=secret_hash(token), until=until
    )
    return token if begun else None
