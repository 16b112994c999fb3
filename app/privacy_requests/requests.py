"""A request on its way: filed, confirmed, perhaps paused or extended, and answered."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.companies.models import Company
from app.core import events
from app.core.clock import utc_now
from app.core.errors import InvalidInputError, NotFoundError, PermanentError
from app.core.events import Actor
from app.core.ids import new_secret, secret_hash
from app.core.words import gettext as _
from app.leads import contact
from app.mailing import outbox
from app.privacy_requests import due_dates
from app.privacy_requests.models import OPEN, PrivacyRequest, PrivacyRequestEntry

MOST_A_DAY = 3
"""So many links are mailed to one address in a day, whoever asks."""
MOST_TEXT = contact.MAX_TEXT
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class SettledError(PermanentError):
    """The request has had its answer."""

    def __init__(self) -> None:
        super().__init__(_("This request is settled already. Reload the page to see how."), reason="settled")


@dataclass(frozen=True)
class Asked:
    """What somebody asks, clean already."""

    kind: str
    name: str
    email: str
    phone: str
    message: str
    language: str


def file(session: Session, asked: Asked) -> str:
    """Keep the request and mail the link that confirms it; its reference, which is given whatever happens.

    Nothing is mailed to an address that has had enough today, so that nobody is bombed with mail.
    """
    company = session.scalars(select(Company)).one()
    reference = new_reference()
    if _mailed_today(session, asked.email) >= MOST_A_DAY:
        return reference
    law, token, now = due_dates.law_of(company.region), new_secret(), utc_now()
    received_on = now.astimezone(ZoneInfo(company.time_zone)).date()
    dates = due_dates.deadlines(law, asked.kind, received_on, due_dates.free_days(company.region))
    request = PrivacyRequest(
        reference=reference,
        law=law,
        token_hash=secret_hash(token),
        received_at=now,
        due_on=dates.answer_on,
        acknowledge_on=dates.acknowledge_on,
        **vars(asked),
    )
    session.add(request)
    session.flush()
    log(session, request, "received")
    values = {"company": company.name, "reference": reference}  # no stranger's words: the address may be anybody's
    path = f"/privacy/requests/{token}"
    outbox.post(session, "privacy_confirm", to=asked.email, language=asked.language, path=path, **values)
    return reference


def new_reference() -> str:
    """By what people name a request on the telephone."""
    return "P-" + "".join(secrets.choice(_LETTERS) for _place in range(8))


def confirm(session: Session, request: PrivacyRequest) -> bool:
    """The person followed the link, so the address is theirs. False when they had done so before, or just now: of two
    clicks at once the second waits for the first and finds it done."""
    session.refresh(request, with_for_update=True)
    if request.state != "unconfirmed":
        return False
    request.state, request.confirmed_at = "open", utc_now()
    session.flush()
    log(session, request, "confirmed")
    events.record(session, "privacy.requested", request_id=str(request.id), kind=request.kind)
    return True


def one(session: Session, request_id: uuid.UUID, *, for_change: bool = False) -> PrivacyRequest:
    """A confirmed request. Raises NotFoundError, also for one of another company; SettledError for a change."""
    statement = select(PrivacyRequest).where(PrivacyRequest.id == request_id, PrivacyRequest.state != "unconfirmed")
    if for_change:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    request = session.scalar(statement)
    if request is None:
        raise NotFoundError(_("There is no such request."))
    if for_change and request.state not in OPEN:
        raise SettledError
    return request


def settle(session: Session, request_id: uuid.UUID, text: str, *, is_refused: bool, actor: Actor) -> PrivacyRequest:
    """Mail the answer and end the request. A refusal says why, and that the person may complain."""
    request = one(session, request_id, for_change=True)
    text = _checked(text)
    request.state, request.settled_at = ("refused" if is_refused else "answered"), utc_now()
    request.paused_on = None
    _tell(session, request, "refused" if is_refused else "answered", text, actor)
    return request


def extend(session: Session, request_id: uuid.UUID, text: str, *, actor: Actor) -> PrivacyRequest:
    """Take the longer time that the law allows, and tell the person why. Once, and only before the first date."""
    request = one(session, request_id, for_change=True)
    text = _checked(text)
    company = session.scalars(select(Company)).one()
    dates = _dates(request, company)
    if request.extended_at is not None or dates.extended_on == dates.answer_on:
        raise InvalidInputError(_("The time of this request cannot be extended any further."))
    if _day(company) > dates.extend_until:
        raise InvalidInputError(_("It is too late to extend: the person had to be told before the first date."))
    request.extended_at, request.due_on = utc_now(), dates.extended_on
    _tell(session, request, "extended", text, actor)
    return request


def pause(session: Session, request_id: uuid.UUID, text: str, *, actor: Actor) -> PrivacyRequest:
    """Ask the person for proof of who they are, or what they mean. In the United Kingdom the clock waits with you."""
    request = one(session, request_id, for_change=True)
    text = _checked(text)
    if request.state == "open":
        request.state, request.paused_on = "paused", _day(session.scalars(select(Company)).one())
    _tell(session, request, "asked", text, actor)
    return request


def resume(session: Session, request_id: uuid.UUID, *, actor: Actor) -> PrivacyRequest:
    """The person has answered; the clock goes on."""
    request = one(session, request_id, for_change=True)
    if request.paused_on is not None:
        company = session.scalars(select(Company)).one()
        request.paused_days += (_day(company) - request.paused_on).days
        request.state, request.paused_on = "open", None
        dates = _dates(request, company)
        request.due_on = dates.extended_on if request.extended_at else dates.answer_on
        session.flush()
        log(session, request, "resumed", actor=actor)
    return request


def days_left(request: PrivacyRequest, today: date) -> int:
    """Until the answer is due; negative when it is late. A paused clock stands where it stopped."""
    waits = request.law == "uk" and request.paused_on is not None
    return (request.due_on - (request.paused_on if waits and request.paused_on else today)).days


def _dates(request: PrivacyRequest, company: Company) -> due_dates.Deadlines:
    received_on = request.received_at.astimezone(ZoneInfo(company.time_zone)).date()
    is_free = due_dates.free_days(company.region)
    return due_dates.deadlines(request.law, request.kind, received_on, is_free, paused_days=request.paused_days)


def _day(company: Company) -> date:
    return utc_now().astimezone(ZoneInfo(company.time_zone)).date()


def _checked(text: str) -> str:
    text = contact.many_lines(text)
    if not text:
        raise InvalidInputError(_("Write what the person should read."))
    if len(text) > MOST_TEXT:
        raise InvalidInputError(_("Use at most %(most)s characters.", most=MOST_TEXT))
    return text


def _tell(session: Session, request: PrivacyRequest, kind: str, text: str, actor: Actor) -> None:
    session.flush()
    log(session, request, kind, text, actor)
    outbox.post(
        session,
        "privacy_news",
        to=request.email,
        language=request.language,
        kind=kind,
        text=text,
        name=request.name,
        reference=request.reference,
        due_on=request.due_on.isoformat(),
        company=session.scalars(select(Company.name)).one(),
    )


def log(session: Session, request: PrivacyRequest, kind: str, text: str = "", actor: Actor = events.LEADER) -> None:
    session.add(PrivacyRequestEntry(request_id=request.id, kind=kind, text=text, actor_name=actor.name))
    session.flush()


def _mailed_today(session: Session, email: str) -> int:
    since = utc_now() - timedelta(days=1)
    statement = select(func.count()).where(
        func.lower(PrivacyRequest.email) == email.lower(), PrivacyRequest.received_at > since
    )
    return session.scalar(statement) or 0
