"""The three first steps. Each ticks itself off by what really happened, never by a click on "done".

1. The tag or our form was seen on the website.
2. A lead arrived; a test lead counts, a sample does not.
3. It is decided which stage is reported as a conversion, be it to the practice Google.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.capture.models import TagSighting
from app.companies.models import Company
from app.conversions.models import ConversionMapping
from app.core.clock import utc_now
from app.leads.models import Lead


@dataclass(frozen=True)
class Sighting:
    """The page on which the tag was seen last."""

    path: str
    at: datetime


@dataclass(frozen=True)
class Progress:
    """How far a company is; `sighting` is none until the website told of itself."""

    sighting: Sighting | None
    has_lead: bool
    has_conversion: bool

    @property
    def done(self) -> int:
        return (self.sighting is not None) + self.has_lead + self.has_conversion

    @property
    def is_waiting(self) -> bool:
        """Whether something may still happen by itself while the page is open."""
        return self.sighting is None or not self.has_lead

    def state(self, number: int) -> str:
        """`done`, `current` (the first that is not done) or `todo` of the step with this number."""
        done = (self.sighting is not None, self.has_lead, self.has_conversion)
        if done[number - 1]:
            return "done"
        return "current" if all(done[: number - 1]) else "todo"


def progress(session: Session) -> Progress:
    """What has happened so far in the served company."""
    seen = session.execute(
        select(TagSighting.path, TagSighting.last_seen_at).order_by(TagSighting.last_seen_at.desc()).limit(1)
    ).first()
    has_lead = session.scalar(select(Lead.id).where(Lead.is_demo.is_(False)).limit(1)) is not None
    has_conversion = session.scalar(select(ConversionMapping.id).limit(1)) is not None
    return Progress(Sighting(*seen) if seen else None, has_lead, has_conversion)


def end(session: Session) -> None:
    """Put the first steps away. The page stays; the menu's line goes."""
    company = session.scalars(select(Company)).one()
    if company.getting_started_ended_at is None:
        company.getting_started_ended_at = utc_now()
