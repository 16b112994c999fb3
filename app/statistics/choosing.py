"""Taking part in published statistics, or not: each company decides for itself."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.companies.models import Company
from app.core import events
from app.core.events import Actor


def takes_part(session: Session) -> bool:
    """What the served company has chosen."""
    return session.scalars(select(Company.is_in_statistics)).one()


def choose(session: Session, wanted: bool, *, actor: Actor) -> None:
    """It holds for the next release; what is published already names nobody."""
    company = session.scalars(select(Company).with_for_update()).one()
    if company.is_in_statistics != wanted:
        company.is_in_statistics = wanted
        session.flush()
        events.record(session, "company.statistics_chosen", actor=actor, takes_part=wanted)
