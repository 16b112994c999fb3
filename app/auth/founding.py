"""Founding: a company and its owner begin together, or not at all."""

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.auth.models import Member, User
from app.auth.passwords import Hasher
from app.companies.models import Company, CompanyKey
from app.core import events, tenancy, words
from app.core.clock import utc_now
from app.core.crypto import KeyRing
from app.core.events import Actor
from app.core.ids import new_id


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
    is_confirmed: bool = False,
) -> Founded:
    """Found a company with its data key and its owner; the session serves it from now on.

    Anybody may claim any address: the owner is asked by mail to confirm it, unless `is_confirmed` says that it is
    known to be theirs.
    """
    language = words.language()
    user = User(id=new_id(), email=email, name=owner_name, password_hash=hasher.hash(password))
    user.language = "" if is_demo else language  # the demo follows whoever tries it
    user.email_confirmed_at = utc_now() if is_confirmed else None
    company = Company(id=new_id(), name=company_name, language=language, is_demo=is_demo)
    if is_demo:  # it has its first steps behind it
        company.getting_started_ended_at = utc_now()
    tenancy.serve(session, company.id)
    session.add_all([user, company])
    session.flush()
    session.add(CompanyKey(wrapped_key=key_ring.new_wrapped_key()))
    session.add(Member(user_id=user.id, role="owner", job_title=job_title))
    session.flush()
    events.record(session, "company.founded", actor=Actor(user.id, user.name), name=company.name)
    return Founded(company.id, user.id)
