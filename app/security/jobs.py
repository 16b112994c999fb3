"""Periodic work of this feature."""

from app.core.data_words import KEEPS
from app.core.db import db
from app.journal import gates


def purge_entries() -> None:
    """Forget the entries whose retention has passed."""
    gates.purge(db.session(), KEEPS["security_log"].days or 365)
    db.session.commit()
