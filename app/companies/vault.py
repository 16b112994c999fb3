"""Opens the box that seals one company's secrets."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.companies.models import CompanyKey
from app.core.crypto import KeyRing, SealedBox, SealError


def open_vault(session: Session, ring: KeyRing) -> SealedBox:
    """The served company's box. Raises SealError when its key was shredded or no master key fits."""
    wrapped = session.scalar(select(CompanyKey.wrapped_key))
    if wrapped is None:
        raise SealError
    return ring.open_box(wrapped)
