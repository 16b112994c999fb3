"""The demo company and its sign-in."""

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.auth import gates
from app.auth.founding import found_company
from app.auth.gates import OpenSession
from app.auth.models import User
from app.auth.passwords import Hasher
from app.capture import sources
from app.core import tenancy
from app.core.crypto import KeyRing
from app.core.events import Actor
from app.core.notices import Notice
from app.core.words import gettext as _
from app.reports import counting
from app.seeding import stories

EMAIL = "demo@leader.example"
COMPANY = "Northgate Roofing"
OWNER = "Alex Morgan"


@dataclass(frozen=True)
class Demo:
    """What is needed to try Leader out: the sign-in, and the site key for the demo shop."""

    email: str
    password: str
    site_key: str


def seed_demo(session: Session, *, secret_key: str, key_ring: KeyRing, hasher: Hasher) -> Demo:
    """The demo company with its leads: made once, and the same sign-in whenever it is asked for again."""
    password = demo_password(secret_key)
    known = gates.find_sign_in(session, EMAIL)
    if known is None:
        founded = found_company(
            session,
            company_name=COMPANY,
            owner_name=OWNER,
            email=EMAIL,
            password=password,
            job_title="Owner",
            key_ring=key_ring,
            hasher=hasher,
            is_confirmed=True,
            is_demo=True,
        )
        stories.tell_all(session, Actor(founded.user_id, OWNER))
        counting.mark_all(session)
    else:
        tenancy.serve(session, known.company_id)
        _keep_password(session, known, password, hasher)
    return Demo(EMAIL, password, sources.website(session).site_key)


def demo_notice(person: OpenSession) -> Notice | None:
    """Nobody takes the demo company's leads for real ones."""
    if not person.is_demo:
        return None
    return Notice("info", _("This is a demo company. Its samples are made up and never exported or sent."))


def demo_password(secret_key: str) -> str:
    """Derived from the installation's secret: stored nowhere, and yet the same at every start."""
    digest = hmac.digest(secret_key.encode(), b"demo sign-in", hashlib.sha256).hex()
    return f"roof-{digest[:5]}-{digest[5:10]}-{digest[10:15]}"


def _keep_password(session: Session, known: gates.SignIn, password: str, hasher: Hasher) -> None:
    """What is printed must open the door, also after the secret or the password was changed."""
    if not hasher.matches(password, known.password_hash):
        session.get_one(User, known.user_id).password_hash = hasher.hash(password)
