"""Questions that are asked before the company is known: whose desk is this, whose request does this link open?"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import tenancy

_SITE_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Desk:
    """The company that a public page speaks for."""

    company_id: uuid.UUID
    company_name: str
    region: str
    time_zone: str


def enter_desk(session: Session, site_key: str) -> Desk | None:
    """The company of a site key, also of one that is switched off; the session then serves it."""
    if not _SITE_KEY.fullmatch(site_key):
        return None
    row = session.execute(text("SELECT * FROM privacy_desk(:given)"), {"given": site_key}).one_or_none()
    if row is None:
        return None
    tenancy.serve(session, row.company_id)
    return Desk(*row)


def enter_by_token(session: Session, token_hash: bytes) -> uuid.UUID | None:
    """The request that a mailed link opens; the session then serves its company."""
    row = session.execute(text("SELECT * FROM privacy_request_of(:given)"), {"given": token_hash}).one_or_none()
    if row is None:
        return None
    tenancy.serve(session, row.company_id)
    return uuid.UUID(str(row.request_id))


@dataclass(frozen=True)
class Passed:
    """A confirmed request of somebody who does not know the company, and the companies that hold the address."""

    id: uuid.UUID
    kind: str
    name: str
    email: str
    language: str
    asked_at: datetime
    companies: Sequence[uuid.UUID]


@dataclass(frozen=True)
class Link:
    """What a mailed link of such a request opens. The address is forgotten once the request is passed on."""

    kind: str
    email: str
    is_confirmed: bool


def file_passed(session: Session, **values: Any) -> bool:
    """Keep the request; false when the address had enough mail today."""
    gate = "SELECT file_passed_request(:request_id, :kind, :name, :email, :language, :token, :most)"
    return bool(session.execute(text(gate), values).scalar_one())


def read_passed(session: Session, token_hash: bytes) -> Link | None:
    row = session.execute(text("SELECT * FROM read_passed_request(:given)"), {"given": token_hash}).one_or_none()
    return Link(*row) if row else None


def confirm_passed(session: Session, token_hash: bytes) -> bool:
    """False when it was confirmed before."""
    return bool(session.execute(text("SELECT confirm_passed_request(:given)"), {"given": token_hash}).scalar_one())


def due_passed(session: Session, most: int) -> Sequence[Passed]:
    rows = session.execute(text("SELECT * FROM due_passed_requests(:most)"), {"most": most})
    return [Passed(*row) for row in rows]


def settle_passed(session: Session, request_id: uuid.UUID) -> None:
    session.execute(text("SELECT settle_passed_request(:given)"), {"given": request_id})


def purge(session: Session) -> int:
    """Delete requests whose time has passed, in every company; the number of requests."""
    return sum(
        int(session.execute(text(f"SELECT {gate}()")).scalar_one())
        for gate in ("purge_privacy_requests", "purge_passed_requests")
    )
