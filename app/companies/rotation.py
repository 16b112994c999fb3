"""Changing the master key: each company's data key is wrapped anew under the newest one.

Put the new key first in LEADER_MASTER_KEYS and restart everything; run this; take the old key off the list. Nothing
that was sealed changes, and everybody works on meanwhile, since both keys unwrap until the old one is taken away.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.companies.models import CompanyKey
from app.core.crypto import KeyRing


def rotate(session: Session, ring: KeyRing) -> bool:
    """Wrap the served company's key anew; false when the newest master key wraps it already, or there is none.

    Raises SealError when no master key fits.
    """
    key = session.scalar(select(CompanyKey).with_for_update())
    if key is None or ring.is_under_newest(key.wrapped_key):
        return False
    key.wrapped_key = ring.rewrap(key.wrapped_key)
    return True
