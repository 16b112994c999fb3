"""The state machine of a conversion upload: what people and events change. What a worker that holds one makes of it
is decided by `judging.py` and written by `bulk.py`, under its claim.

pending ─claim─▶ sending ─request id─▶ sent ─Google's verdict─▶ accepted | rejected
   ▲                │ no clear answer, or "wait"      │
   └── waiting ◀────┴─────────────────────────────────┘
held: the connection must be renewed, or a member paused the sending · skipped: not to be sent · parked: needs a person
"""

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.orm import Session, aliased

from app.conversions import bulk
from app.conversions.models import CLAIMABLE, ConversionUpload, ReceiptEntry

_SENDABLE_AGAIN = ("rejected", "parked")
_NO_WAY_BACK = "VERDICT_NOT_ASKED"
"""Its connection is gone: sending again leads nowhere."""

_UNSENT = ("pending", "waiting", "held")
PAUSED = "PAUSED"


def is_open(state: str) -> bool:
    """True while something is still to come: a sending, an answer, or a renewed connection."""
    return state in CLAIMABLE or state == "held"


def is_untold(upload: ConversionUpload) -> bool:
    """True while Google can know of no version of it."""
    return upload.version == 1 and upload.unclear == 0 and upload.state in _UNSENT


def is_sendable_again(state: str, reason: str) -> bool:
    """True when a person may put it back into the outbox."""
    return state in _SENDABLE_AGAIN and reason != _NO_WAY_BACK


def move_open(
    session: Session,
    connection_id: uuid.UUID | None,
    *conditions: ColumnElement[bool],
    from_states: tuple[str, ...],
    state: str,
    reason: str,
    due_at: Any = None,
) -> int:
    """Move every upload of a connection (of the company when None) that stands in `from_states`, and say how many;
    workers that hold one lose their claim."""
    if connection_id is not None:
        conditions = (ConversionUpload.connection_id == connection_id, *conditions)
    moved = session.scalars(
        update(ConversionUpload)
        .where(ConversionUpload.state.in_(from_states), *conditions)
        .values(
            state=state,
            reason=reason,
            claim=ConversionUpload.claim + 1,
            due_at=func.now() if due_at is None else due_at,
            settled_at=None if is_open(state) else func.now(),
        )
        .returning(ConversionUpload.id)
        .execution_options(synchronize_session=False)
    ).all()
    bulk.add_entries(session, moved, state, reason=reason)
    return len(moved)


def stop(session: Session, connection_id: uuid.UUID) -> None:
    """The connection is gone. What may be at Google is set aside, so that it never counts as unsent."""
    unsent = ("pending", "waiting", "sending", "held")
    is_clear = ConversionUpload.unclear == 0
    move_open(session, connection_id, is_clear, from_states=unsent, state="skipped", reason="CONNECTION_DELETED")
    move_open(session, connection_id, from_states=(*unsent, "sent"), state="parked", reason="VERDICT_NOT_ASKED")


def stop_lead(session: Session, lead_id: uuid.UUID, *, reason: str) -> None:
    """Nothing of this lead may be sent any more. One that a worker has in hand is stopped before its next try."""
    stopped = session.scalars(
        update(ConversionUpload)
        .where(ConversionUpload.lead_id == lead_id, ConversionUpload.state.in_(("pending", "waiting", "held")))
        .values(state="skipped", reason=reason, claim=ConversionUpload.claim + 1, settled_at=func.now())
        .returning(ConversionUpload.id)
        .execution_options(synchronize_session=False)
    ).all()
    bulk.add_entries(session, stopped, "skipped", reason=reason)


def ask_now(session: Session, connection_id: uuid.UUID) -> None:
    """The sign-in works again: the verdicts that could not be asked for are due."""
    session.execute(
        update(ConversionUpload)
        .where(
            ConversionUpload.connection_id == connection_id,
            ConversionUpload.state == "sent",
            ConversionUpload.reason == "NEEDS_RECONNECT",
        )
        .values(reason="", due_at=func.now())
        .execution_options(synchronize_session=False)
    )


def rest(session: Session, connection_id: uuid.UUID, pause: timedelta) -> None:
    """The connection did not answer: what else is due through it waits too, so that it keeps nobody else waiting."""
    session.execute(
        update(ConversionUpload)
        .where(
            ConversionUpload.connection_id == connection_id,
            ConversionUpload.state.in_(("pending", "waiting", "sent")),
            ConversionUpload.due_at <= func.now(),
        )
        .values(due_at=func.now() + pause)
        .execution_options(synchronize_session=False)
    )


def add_entry(session: Session, upload_id: uuid.UUID, kind: str, **data: Any) -> None:
    """One line of the receipt, chained to the one before. The caller has the upload's row locked, or just made it."""
    bulk.add_entries(session, [upload_id], kind, **data)


def plan_of(session: Session, upload_id: uuid.UUID) -> dict[str, Any]:
    """What the receipt says about the last plan of the upload."""
    data = session.scalar(
        select(ReceiptEntry.data)
        .where(ReceiptEntry.upload_id == upload_id, ReceiptEntry.kind == "planned")
        .order_by(ReceiptEntry.position.desc())
        .limit(1)
    )
    return {key: value for key, value in (data or {}).items() if key not in ("change", "version", "again")}


def send_again(session: Session, upload_id: uuid.UUID) -> bool:
    """Put a settled upload that Google does not have back into the outbox. False when it is accepted or on its way.

    One statement, so that a second click never takes it from the worker that has it already. It gets as many tries as
    a new one. Nothing that a newer version has taken the place of.
    """
    newer = aliased(ConversionUpload)
    again = _change(
        session,
        upload_id,
        ConversionUpload.state.in_(_SENDABLE_AGAIN),
        ConversionUpload.reason != _NO_WAY_BACK,
        ~select(newer.id)
        .where(newer.transaction_id == ConversionUpload.transaction_id, newer.version > ConversionUpload.version)
        .exists(),
        state="pending",
        reason="",
        claim=ConversionUpload.claim + 1,
        attempts=case((ConversionUpload.unclear > 0, 1), else_=0),
        polls=0,
        request_limit=None,
        due_at=func.now(),
        settled_at=None,
    )
    if again:
        add_entry(session, upload_id, "pending", by_hand=True)
    return again


def send_now(session: Session, upload_id: uuid.UUID) -> bool:
    """Do not wait for the next try. False when it does not wait for one."""
    return _change(session, upload_id, ConversionUpload.state.in_(("pending", "waiting")), due_at=func.now())


def cancel(session: Session, upload_id: uuid.UUID, reason: str = "CANCELLED") -> bool:
    """Never send it. False when it is, or may be, at Google already."""
    done = _change(
        session,
        upload_id,
        ConversionUpload.state.in_(_UNSENT),
        ConversionUpload.unclear == 0,
        state="skipped",
        reason=reason,
        claim=ConversionUpload.claim + 1,
        settled_at=func.now(),
    )
    if done:
        add_entry(session, upload_id, "skipped", reason=reason)
    return done


def set_aside(session: Session, upload_id: uuid.UUID, reason: str) -> bool:
    """A newer version is sent in its place; a worker that holds it loses its claim. False once Google has it."""
    done = _change(
        session,
        upload_id,
        ConversionUpload.state.in_((*_UNSENT, "sending")),
        state="skipped",
        reason=reason,
        claim=ConversionUpload.claim + 1,
        settled_at=func.now(),
    )
    if done:
        add_entry(session, upload_id, "skipped", reason=reason)
    return done


def _change(session: Session, upload_id: uuid.UUID, *conditions: ColumnElement[bool], **values: Any) -> bool:
    """Write the values if the conditions hold still, in one statement."""
    changed = session.scalar(
        update(ConversionUpload)
        .where(ConversionUpload.id == upload_id, *conditions)
        .values(**values)
        .returning(ConversionUpload.id)
        .execution_options(synchronize_session=False)
    )
    return changed is not None
