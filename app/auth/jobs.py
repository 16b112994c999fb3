"""Periodic work of this feature."""

from app.auth import gates
from app.core.db import db


def purge_expired() -> None:
    """Remove sign-in sessions and consent-page trips whose time has passed."""
    gates.purge_expired(db.session())
    db.session.commit()
