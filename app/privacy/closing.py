"""Closing an account, and bringing it back.

1. Closing takes effect at once and in one transaction: every browser is signed out, the gates let no visitor's
   message in, each connection begins its deletion, open uploads are cancelled.
2. For thirty days the owner may bring the account back as it was, except for the connections, which are gone.
3. After that `incineration` erases it. The number of the certificate is fixed, and told, when the account is closed.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.auth.models import Member, SignInSession, User
from app.companies.models import Company
from app.connections import disconnecting
from app.connections.models import Connection
from app.conversions import outbox
from app.core import events
from app.core.clock import utc_now
from app.core.errors import InvalidInputError, PermanentError
from app.core.events import Actor
from app.core.queue import ring_after_commit
from app.core.template_filters import local_time
from app.core.words import gettext as _
from app.mailing import outbox as outbox_of_mail

DAYS_TO_RETURN = 30
_FINISH_JOB = "app.connections.jobs.finish_disconnecting"


def check_name(session: Session, typed: str) -> None:
    """Raises InvalidInputError unless the company's name was typed; capitals and spaces do not matter."""
    if _plain(typed) != _plain(_company(session).name):
        sentence = _("This is not the name of your company. Type it as it stands above.")
        raise InvalidInputError(sentence, fields={"company_name": sentence}, reason="wrong_name")


def close(session: Session, *, actor: Actor) -> Company:
    """Close the served company's account; the caller commits. Nothing when it is closed already.

    Raises RetryableError while something is being sent through a connection.
    """
    company = _company(session, lock=True)
    if company.closed_at is not None:
        return company
    now = utc_now()
    company.closed_at, company.erase_at = now, now + timedelta(days=DAYS_TO_RETURN)
    company.certificate_id = uuid.uuid4()
    events.record(session, "company.closed", actor=actor, erase_at=company.erase_at.isoformat())
    _disconnect(session, actor, now)
    session.execute(delete(SignInSession))
    session.flush()
    _tell(session, company)
    return company


def reopen(session: Session, *, actor: Actor) -> Company:
    """Bring the account back; the caller commits. Raises PermanentError once its erasure has begun."""
    company = _company(session, lock=True)
    if company.closed_at is None:
        return company
    if company.erase_at is not None and company.erase_at <= utc_now():
        raise PermanentError(_("The time to bring this account back is over. It is being erased."), reason="too_late")
    company.closed_at = company.erase_at = company.certificate_id = None
    events.record(session, "company.reopened", actor=actor)
    return company


def _disconnect(session: Session, actor: Actor, now: datetime) -> None:
    live = select(Connection.id).where(Connection.state.in_(("active", "needs_reconnect"))).order_by(Connection.id)
    for connection_id in session.scalars(live).all():
        disconnecting.begin(session, connection_id, actor=actor).due_at = now
        outbox.stop(session, connection_id)
    ring_after_commit(session, "default", _FINISH_JOB)


def _tell(session: Session, company: Company) -> None:
    """A mail to each owner, with the last day and the address of the certificate that there will be."""
    owners = (
        select(User.email, User.name, User.language)
        .join(Member, Member.user_id == User.id)
        .where(Member.role == "owner")
    )
    for email, name, language in session.execute(owners).all():
        outbox_of_mail.post(
            session,
            "account_closed",
            to=email,
            language=language or company.language,
            name=name,
            company=company.name,
            last_day=local_time(company.erase_at or utc_now(), company.time_zone),
            return_path="/sign-in",
            certificate_path=f"/certificates/{company.certificate_id}",
        )


def _company(session: Session, *, lock: bool = False) -> Company:
    statement = select(Company).execution_options(populate_existing=True)
    return session.scalars(statement.with_for_update() if lock else statement).one()


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
