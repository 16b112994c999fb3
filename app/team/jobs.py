"""Periodic work of this feature."""

from app.core.db import db
from app.team import gates


def purge_invitations() -> None:
    """Remove invitations whose time has passed."""
    gates.purge(db.session())
    db.session.commit()
