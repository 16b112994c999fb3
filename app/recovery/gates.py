"""What is asked about people before anybody has signed in, or across their companies."""

import uuid
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Found:
    """The person whom mail for an address concerns: who has confirmed it, else who claimed it last."""

    user_id: uuid.UUID
    name: str
    is_confirmed: bool


@dataclass(frozen=True)
class OpenLink:
    """A link that still works: who asked for it, and the address it is about."""

    user_id: uuid.UUID
    name: str
    email: str
    company_id: uuid.UUID
    company_name: str
    is_confirmed: bool
    """True when the account has a confirmed address already, this one or another."""
    purpose: str


def find_person(session: Session, address: str) -> Found | None:
    row = session.execute(text("SELECT * FROM find_person(:address)"), {"address": address}).one_or_none()
    return Found(**row._mapping) if row else None


def read_link(session: Session, token_hash: bytes, purpose: str) -> OpenLink | None:
    given = {"token_hash": token_hash, "purpose": purpose}
    row = session.execute(text("SELECT * FROM read_link(:token_hash, :purpose)"), given).one_or_none()
    return OpenLink(**row._mapping, purpose=purpose) if row else None


def confirm_address(session: Session, token_hash: bytes) -> str:
    """Use a link of the kind confirm or allow: `confirmed`, `waiting` for the other side, `taken`, or `gone`."""
    return str(session.execute(text("SELECT confirm_address(:hash)"), {"hash": token_hash}).scalar_one())


def use_reset(session: Session, token_hash: bytes) -> bool:
    """Use a reset link up, with every other of the same person. False when it was used or has expired."""
    return bool(session.execute(text("SELECT use_reset(:hash)"), {"hash": token_hash}).scalar_one())


def drop_resets(session: Session, user_id: uuid.UUID) -> None:
    """A changed password ends the links that were mailed to change it. For a member of the served company."""
    session.execute(text("SELECT drop_resets(:user_id)"), {"user_id": user_id})


def purge_links(session: Session) -> int:
    """Delete links that have expired; the number."""
    return int(session.execute(text("SELECT purge_mailed_links()")).scalar_one())
