"""Tells those who answer for it that a request has come."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.events import Event
from app.mailing import outbox
from app.privacy_requests import queries
from app.privacy_requests.models import PrivacyRequest


def tell_for_event(session: Session, event: Event) -> None:
    """A mail to each owner and admin. Reacts to privacy.requested."""
    request_id = uuid.UUID(event.data["request_id"])
    request = session.scalars(select(PrivacyRequest).where(PrivacyRequest.id == request_id)).one()
    for address in queries.those_who_answer(session):
        outbox.post(
            session,
            "privacy_requested",
            to=address,
            kind=request.kind,
            reference=request.reference,
            due_on=request.due_on.isoformat(),
            path=f"/settings/privacy-requests/{request.id}",
        )
