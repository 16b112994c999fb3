"""The job that lets old threads go."""

from app.core.db import db
from app.support import gates


def purge() -> None:
    """What nobody confirmed for a week, and threads that were silent for two years."""
    gates.purge(db.session())
    db.session.commit()
