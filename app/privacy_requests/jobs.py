"""The job that lets old requests go."""

from app.core.db import db
from app.privacy_requests import gates


def purge() -> None:
    """Requests that nobody confirmed for a month, and those that were settled three years ago."""
    gates.purge(db.session())
    db.session.commit()
