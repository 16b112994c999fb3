"""Periodic work of this feature."""

from app.core.db import db
from app.recovery import gates


def purge_links() -> None:
    """Remove mailed links whose time has passed."""
    gates.purge_links(db.session())
    db.session.commit()
