"""Founding: a company and its owner begin together, or not at all."""

import uuid
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.auth import gates
from app.auth.models import Member, User
from app.auth.passwords import Hasher
from app.companies.models import Company, CompanyKey
from app.core import events, tenancy, words
from app.core.clock import utc_now
from app.core.crypto import KeyRing
from app.core.errors import InvalidInputError
from app.core.events import Actor
from app.core.ids import new_id
from app.core.words import gettext as _


class AddressTakenError(InvalidInputError):
    """Somebody signs in with this address already."""

    def __init__(self) -> None:
        super().__init__(_("Somebody already uses this e-mail address to sign in."), reason="address_taken")


@dataclass(frozen=True)
class Founded:
    company_id: uuid.UUID
    user_id: uuid.UUID


def found_company(
    session: Session,
    *,
    company_name: str,
    owner_name: str,
    email: str,
    password: str,
    job_title: str,
    key_ring: KeyRing,
    hasher: Hasher,
    is_demo: bool = False,
) -> Founded:
    """Found a company with its data key and its owner; the session serves it from now on.

    Raises AddressTakenError; the caller then rolls back. Of two who found with the same address at the same
    moment the database lets one through.
    """
    if gates.find_sign_in(session, email) is not None:
        raise AddressTakenError
    language = words.language()
    user = User(id=new_id(), email=email, name=owner_name, password_hash=hasher.hash(password), language=language)
    company = Company(id=new_id(), name=company_name, language=language, is_demo=is_demo)
    if is_demo:  # it has its first steps behind it
        company.getting_started_ended_at = utc_now()
    tenancy.serve(session, company.id)
    session.add_all([user, company])
    try:
        session.flush()
    except IntegrityError as error:
        if "uq_users_email" in str(error.orig):
            raise AddressTakenError from None
        raise
    session.add(CompanyKey(wrapped_key=key_ring.new_wrapped_key()))
    session.add(Member(user_id=user.id, role="owner", job_title=job_title))
    session.flush()
    events.record(session, "company.founded", actor=Actor(user.id, user.name), name=company.name)
    return Founded(company.id, user.id)
