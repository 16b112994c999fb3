"""What the page of the team reads."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from app.auth.models import Member, SecondFactor, User
from app.core.clock import utc_now
from app.team.models import Invitation


@dataclass(frozen=True)
class TeamMember:
    user_id: uuid.UUID
    name: str
    email: str
    role: str
    job_title: str
    created_at: datetime
    sees_own_leads_only: bool
    away_until: date | None
    has_two_step: bool


def team(session: Session) -> list[TeamMember]:
    """Everybody in the company, the owner first, then by name."""
    columns = (User.id, User.name, User.email, Member.role, Member.job_title, Member.created_at)
    more = (Member.sees_own_leads_only, Member.away_until, SecondFactor.confirmed_at.is_not(None))
    first = case((Member.role == "owner", 0), else_=1)
    statement = select(*columns, *more).join(Member, Member.user_id == User.id)
    statement = statement.outerjoin(SecondFactor, SecondFactor.user_id == User.id).order_by(first, User.name, User.id)
    return [TeamMember(*row) for row in session.execute(statement)]


def waiting(session: Session) -> Sequence[Invitation]:
    """Invitations that can still be accepted, the newest first."""
    statement = select(Invitation).where(Invitation.expires_at > utc_now()).order_by(Invitation.created_at.desc())
    return session.scalars(statement).all()
