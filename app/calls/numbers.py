"""Tracking numbers: which number stands in which advertisement."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.calls import queries
from app.calls.models import CallNumber
from app.companies.models import Company
from app.core import events
from app.core.clock import utc_now
from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Actor
from app.core.words import gettext as _
from app.leads import contact

MOST_CHARACTERS = 100
_MOST_NUMBERS = 200


def add(session: Session, typed: str, *, source: str, medium: str, campaign: str) -> CallNumber:
    """Raises InvalidInputError, which names each field to look at again."""
    region = session.scalars(select(Company.region)).one()
    number, source = contact.e164(typed[:60], region), contact.one_line(source)
    problems = _problems(session, number, source)
    if problems:
        raise InvalidInputError(" ".join(problems.values()), fields=problems)
    row = CallNumber(
        number_e164=number,
        source=source[:MOST_CHARACTERS],
        medium=contact.one_line(medium)[:MOST_CHARACTERS],
        campaign=contact.one_line(campaign)[:MOST_CHARACTERS],
    )
    session.add(row)
    session.flush()
    return row


def state_announcement(session: Session, number_id: uuid.UUID, *, is_played: bool, actor: Actor) -> CallNumber:
    """The company says that each caller of this number is told of the recording, or that they are not any more. It
    counts for calls from now on. Raises NotFoundError."""
    row = session.scalar(select(CallNumber).where(CallNumber.id == number_id).with_for_update())
    if row is None:
        raise NotFoundError(_("There is no such number any more."))
    if is_played != (row.announced_since is not None):
        row.announced_since, row.announced_by_name = (utc_now(), actor.name) if is_played else (None, "")
        events.record(session, "recordings.announcement_stated", actor=actor, number=row.number_e164, is_on=is_played)
    session.flush()
    return row


def remove(session: Session, number_id: uuid.UUID) -> CallNumber:
    """Calls that came keep their source. Raises NotFoundError."""
    row = session.scalar(select(CallNumber).where(CallNumber.id == number_id))
    if row is None:
        raise NotFoundError(_("There is no such number any more."))
    session.delete(row)
    session.flush()
    return row


def _problems(session: Session, number: str, source: str) -> dict[str, str]:
    problems = {}
    known = queries.numbers(session)
    if not number:
        problems["number"] = _("Type a whole telephone number, such as +44 20 7946 0018.")
    elif number in {each.number_e164 for each in known}:
        problems["number"] = _("This number is on the list already.")
    elif len(known) >= _MOST_NUMBERS:
        problems["number"] = _("The list is full. Remove a number that you no longer use.")
    if not source:
        problems["source"] = _("Say where the number stands.")
    return problems
