"""What the public page reads."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.statistics.models import StatisticsRelease

_SHOWN = 12


def releases(session: Session) -> Sequence[StatisticsRelease]:
    """The last releases, the newest first."""
    statement = select(StatisticsRelease).order_by(StatisticsRelease.first_on.desc()).limit(_SHOWN)
    return session.scalars(statement).all()
