"""Publishes what is due."""

from app.core.clock import utc_now
from app.core.db import db
from app.statistics import publishing


def publish_due() -> None:
    """The statistics of the quarter that ended last, unless they are published."""
    publishing.publish(db.session(), utc_now())
    db.session.commit()
