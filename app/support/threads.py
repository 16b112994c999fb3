"""A thread with support: opened, confirmed by mail for those who are not signed in, and answered on both sides."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.clock import utc_now
from app.core.errors import InvalidInputError, NotFoundError
from app.core.ids import new_id, new_secret, secret_hash
from app.core.words import gettext as _
from app.leads import contact
from app.mailing import outbox
from app.support import gates
from app.support.models import SupportMessage, SupportRequest

MOST_A_DAY = 5
MOST_SUBJECT = 150
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class Asker:
    """Who asks. Without a company they are not signed in, and their address has to be confirmed."""

    name: str
    email: str
    language: str
    of_company: uuid.UUID | None = None
    user_id: uuid.UUID | None = None


def ask(session: Session, asker: Asker, subject: str, body: str) -> str:
    """Open a thread and mail the link to it; its reference. Raises InvalidInputError.

    Each person may ask a few times a day. Who is not signed in and names an address that asked so often is told
    nothing, and sent nothing more."""
    reference = "S-" + "".join(secrets.choice(_LETTERS) for _place in range(8))
    if _asked_often(session, asker):
        if asker.user_id is None:
            return reference
        raise InvalidInputError(_("You have asked support often today. Ask again tomorrow."))
    token, is_known = new_secret(), asker.of_company is not None
    request = SupportRequest(
        id=new_id(),
        reference=reference,
        state="open" if is_known else "unconfirmed",
        subject=contact.one_line(subject)[:MOST_SUBJECT],
        token_hash=secret_hash(token),
        **vars(asker),
    )
    session.add(request)
    session.flush()
    session.add(SupportMessage(request_id=request.id, side="person", author_name=asker.name, body=checked(body)))
    session.flush()
    _post(session, request, "support_opened", f"/support/requests/{token}", is_known=is_known)
    return reference


def _asked_often(session: Session, asker: Asker) -> bool:
    """What strangers ask in a person's name does not count against the person."""
    day_ago = utc_now() - timedelta(days=1)
    if asker.user_id is None:
        return gates.count_since(session, asker.email, day_ago) >= MOST_A_DAY
    own = (SupportRequest.user_id == asker.user_id, SupportRequest.created_at > day_ago)
    asked = session.scalar(select(func.count()).select_from(SupportRequest).where(*own)) or 0
    return asked >= MOST_A_DAY


def by_token(session: Session, token: str) -> SupportRequest:
    """The thread of a mailed link. Raises NotFoundError."""
    request_id = gates.enter(session, secret_hash(token))
    if request_id is None:
        raise NotFoundError(_("This link is not valid any more."))
    return session.scalars(select(SupportRequest).where(SupportRequest.id == request_id)).one()


def messages(session: Session, request_id: uuid.UUID) -> Sequence[SupportMessage]:
    """The thread, the oldest message first."""
    statement = select(SupportMessage).where(SupportMessage.request_id == request_id)
    return session.scalars(statement.order_by(SupportMessage.id)).all()


def confirm(request: SupportRequest) -> bool:
    """The person followed the link. False when they had done so before."""
    if request.state != "unconfirmed":
        return False
    request.state = "open"
    return True


def write_back(session: Session, request: SupportRequest, body: str) -> None:
    """The person writes again, which opens a settled thread anew. Raises InvalidInputError."""
    session.add(SupportMessage(request_id=request.id, side="person", author_name=request.name, body=checked(body)))
    request.state, request.updated_at = "open", utc_now()
    session.flush()


def note_file(request: SupportRequest) -> None:
    """A file of the person's is news, as a message is."""
    request.state, request.updated_at = "open", utc_now()


def answer(session: Session, request: SupportRequest, body: str, *, staff_name: str) -> None:
    """A member of staff answers: the person gets it by mail, and reads it under the link they have."""
    text = checked(body)
    session.add(SupportMessage(request_id=request.id, side="staff", author_name=staff_name, body=text))
    request.state, request.updated_at = "answered", utc_now()
    session.flush()
    _post(session, request, "support_answered", "", text=text, author=staff_name)


def checked(body: str) -> str:
    """The message as it is kept. Raises InvalidInputError for none or too much."""
    body = contact.many_lines(body)
    if not body:
        raise InvalidInputError(_("Write what it is about."), fields={"body": _("Write what it is about.")})
    if len(body) > contact.MAX_TEXT:
        sentence = _("Use at most %(most)s characters.", most=contact.MAX_TEXT)
        raise InvalidInputError(sentence, fields={"body": sentence})
    return body


def _post(session: Session, request: SupportRequest, template: str, path: str, **values: Any) -> None:
    given = {"name": request.name, "reference": request.reference, "subject_line": request.subject, "path": path}
    outbox.post(session, template, to=request.email, language=request.language, **given, **values)
