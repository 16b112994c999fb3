"""Capture sources: the websites that send leads, and the words about privacy above their form's button."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.capture.models import CaptureSource, InboxItem
from app.core import events, ids
from app.core.errors import InvalidInputError
from app.core.events import Actor, Event
from app.core.words import gettext as _
from app.core.words import known, marked
from app.leads import contact

MOST_NOTICE = 1_000
DEFAULT_NOTICE = marked(
    "We use what you send here to answer you, and to learn which of our advertising brought you to us."
)


def set_up(session: Session, _event: Event) -> None:
    """Give a newly founded company its website. Reacts to company.founded."""
    session.add(CaptureSource(name=_("Website"), site_key=ids.new_public_key(), notice=known(DEFAULT_NOTICE)))
    session.flush()


def website(session: Session) -> CaptureSource:
    """The company's website: each has one, made with the company."""
    return session.scalars(
        select(CaptureSource).where(CaptureSource.kind == "website").order_by(CaptureSource.id).limit(1)
    ).one()


def last_received_at(session: Session) -> datetime | None:
    """When the newest lead arrived through the company's website, forms included."""
    return session.scalar(select(InboxItem.received_at).order_by(InboxItem.id.desc()).limit(1))


def change_notice(session: Session, notice: str, *, actor: Actor) -> None:
    """Other words from now on; leads that arrived keep the words that were shown to them.

    Raises InvalidInputError.
    """
    notice = contact.one_line(notice)
    if not 1 <= len(notice) <= MOST_NOTICE:
        raise InvalidInputError(
            _(
                "Write between 1 and %(most)s characters, so that people know what their details are for.",
                most=MOST_NOTICE,
            )
        )
    source = website(session)
    if source.notice != notice:
        source.notice = notice
        events.record(session, "capture.notice_changed", actor=actor, notice=notice)
