"""Periodic work of the desk."""

from app.core.data_words import KEEPS
from app.core.db import db
from app.desk import gates


def purge() -> None:
    """Ended sessions, and entries of the log whose time has passed."""
    gates.purge(db.session(), KEEPS["security_log"].days or 365)
    db.session.commit()
