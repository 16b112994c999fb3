"""The one question that must be asked before the company is known: whose call key is this?"""

import re
import uuid

from sqlalchemy import text
from sqlalchemy.orm import Session

_KEY = re.compile(r"[0-9a-f]{32}")
_ENTER = text("SELECT company_id FROM enter_by_call_key(:given)")


def enter(session: Session, call_key: str) -> uuid.UUID | None:
    """The company behind the key, to which the transaction belongs from now on; none for an unknown key, while calls
    are off, and for a closed account."""
    if not _KEY.fullmatch(call_key):
        return None
    company_id: uuid.UUID | None = session.execute(_ENTER, {"given": call_key}).scalar()
    return company_id
