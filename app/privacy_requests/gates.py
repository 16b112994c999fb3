"""Questions that are asked before the company is known: whose desk is this, whose request does this link open?"""

import re
import uuid
from dataclasses import dataclass

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


def purge(session: Session) -> int:
    """Delete requests whose time has passed, in every company; the number of requests."""
    return int(session.execute(text("SELECT purge_privacy_requests()")).scalar_one())
