"""Answering support requests. A thread is opened by its gate, which writes that down; then it is read and answered as
any thread is (`app/support/threads.py`)."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import utc_now
from app.core.errors import NotFoundError
from app.core.words import gettext as _
from app.desk import gates
from app.support.models import SupportRequest
from app.support.threads import answer as answer
from app.support.threads import checked as checked
from app.support.threads import messages as messages


def open_thread(session: Session, token_hash: bytes, request_id: uuid.UUID, action: str) -> SupportRequest:
    """The thread, for this transaction. Raises NotFoundError, also for requests that nobody has confirmed."""
    if not gates.enter_request(session, token_hash, request_id, action):
        raise NotFoundError(_("There is no such request."))
    return session.scalars(select(SupportRequest).where(SupportRequest.id == request_id)).one()


def settle(request: SupportRequest) -> None:
    """There is nothing more to say; the person may write again all the same."""
    request.state, request.updated_at = "closed", utc_now()
