"""What the desk and the person's own page read."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session

from app.auth.models import Member, User
from app.core.pagination import PAGE_SIZE, Position
from app.leads.models import Lead
from app.privacy_requests.models import OPEN, PrivacyRequest, PrivacyRequestEntry

MOST_OPEN = 200


def open_requests(session: Session) -> Sequence[PrivacyRequest]:
    """What waits for an answer, the one that is due first on top."""
    statement = select(PrivacyRequest).where(PrivacyRequest.state.in_(OPEN))
    return session.scalars(statement.order_by(PrivacyRequest.due_on, PrivacyRequest.id).limit(MOST_OPEN)).all()


def settled(session: Session, after: Position | None) -> tuple[Sequence[PrivacyRequest], Position | None]:
    """A page of requests that had their answer, the newest first, and where the next one starts."""
    statement = select(PrivacyRequest).where(PrivacyRequest.state.in_(("answered", "refused")))
    if after is not None:
        statement = statement.where(tuple_(PrivacyRequest.received_at, PrivacyRequest.id) < (after.at, after.id))
    order = (PrivacyRequest.received_at.desc(), PrivacyRequest.id.desc())
    rows = session.scalars(statement.order_by(*order).limit(PAGE_SIZE + 1)).all()
    shown = rows[:PAGE_SIZE]
    return shown, Position(shown[-1].received_at, shown[-1].id) if len(rows) > PAGE_SIZE else None


def log(session: Session, request_id: uuid.UUID) -> Sequence[PrivacyRequestEntry]:
    """What happened to the request, the newest first."""
    statement = select(PrivacyRequestEntry).where(PrivacyRequestEntry.request_id == request_id)
    return session.scalars(statement.order_by(PrivacyRequestEntry.id.desc())).all()


def matching_leads(session: Session, request: PrivacyRequest, phone_e164: str) -> Sequence[Lead]:
    """The leads with the person's e-mail address or phone number, the newest first."""
    ways = [func.lower(Lead.email) == request.email.lower()]
    if phone_e164:
        ways.append(Lead.phone_e164 == phone_e164)
    return session.scalars(select(Lead).where(or_(*ways)).order_by(Lead.id.desc()).limit(50)).all()


def those_who_answer(session: Session) -> list[str]:
    """E-mail addresses of the company's owners and admins."""
    statement = select(User.email).join(Member, Member.user_id == User.id).where(Member.role.in_(("owner", "admin")))
    return list(session.scalars(statement))


def any_state(session: Session, request_id: uuid.UUID) -> PrivacyRequest:
    """The request, for the person whose it is: also before the address is confirmed."""
    return session.scalars(select(PrivacyRequest).where(PrivacyRequest.id == request_id)).one()
