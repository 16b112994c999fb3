"""Pausing the outbox: while a member has paused it, nothing of the company is sent; verdicts are still asked for."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.conversions import outbox
from app.conversions.models import ConversionUpload, OutboxPause
from app.core import events
from app.core.events import Actor
from app.core.queue import ring_after_commit

_JOB = "app.conversions.jobs.send_due"


def current(session: Session) -> OutboxPause | None:
    return session.scalars(select(OutboxPause)).one_or_none()


def is_paused_until_commit(session: Session) -> bool:
    """True while it is paused; then nobody can resume before this transaction ends, and what it holds is released."""
    return session.scalar(select(OutboxPause.id).with_for_update(read=True)) is not None


def pause(session: Session, *, actor: Actor) -> None:
    """Hold what is not sent yet, and what is planned from now on. Nothing when it is paused already."""
    try:
        with session.begin_nested():
            session.add(OutboxPause(paused_by_name=actor.name))
    except IntegrityError:
        return
    outbox.move_open(session, None, from_states=("pending", "waiting"), state="held", reason=outbox.PAUSED)
    events.record(session, "conversions.paused", actor=actor)


def resume(session: Session, *, actor: Actor) -> None:
    """Send on what was held by the pause. Nothing when it is not paused."""
    found = current(session)
    if found is None:
        return
    session.delete(found)
    session.flush()
    was_paused = ConversionUpload.reason == outbox.PAUSED
    outbox.move_open(session, None, was_paused, from_states=("held",), state="pending", reason="")
    events.record(session, "conversions.resumed", actor=actor)
    ring_after_commit(session, "conversions", _JOB)


def hold_if_paused(session: Session, upload: ConversionUpload) -> None:
    """A new upload waits with the others."""
    if upload.state == "pending" and current(session) is not None:
        upload.state, upload.reason = "held", outbox.PAUSED
        session.flush()
        outbox.add_entry(session, upload.id, "held", reason=outbox.PAUSED)
