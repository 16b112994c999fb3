"""Events: what happened, written in the same transaction as the change, and what follows from it.

A rule calls `record`. The features that must react are named in `app/reactions.py`; the factory installs that table.
Reactions run in the same transaction, so that what must follow is committed with its cause or not at all; slow work
is left to a job, rung for with `queue.ring_after_commit`.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned


class Event(CompanyOwned, Base):
    """One thing that happened. Append-only: the product's database role may neither change nor delete it."""

    __tablename__ = "events"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "lead_id"], ["leads.company_id", "leads.id"], ondelete="CASCADE"),
        Index("ix_events_lead", "company_id", "lead_id", "id"),
        data_of("lead", purpose="service", keep="lead"),
    )

    type: Mapped[str] = mapped_column(info=holds("business"))
    lead_id: Mapped[uuid.UUID | None]
    actor_id: Mapped[uuid.UUID | None]
    """The user who did it; none when the product or a visitor did."""
    actor_name: Mapped[str] = mapped_column(default="", info=holds("identity", in_pack=False))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict, info=holds("content"))
    at: Mapped[datetime] = mapped_column(default=utc_now)


@dataclass(frozen=True)
class Actor:
    """Who acts: a user with the name as it is now, or nobody (the product itself)."""

    id: uuid.UUID | None = None
    name: str = ""


LEADER = Actor()

Reaction = Callable[[Session, Event], None]
_reactions: Mapping[str, Sequence[Reaction]] = {}


def install(table: Mapping[str, Sequence[Reaction]]) -> None:
    """Name the reactions of each event type. Called once, by the factory."""
    global _reactions
    _reactions = table


def record(
    session: Session,
    type_: str,
    *,
    lead_id: uuid.UUID | None = None,
    actor: Actor = LEADER,
    **data: Any,
) -> Event:
    """Write the event and let the reactions follow. `data` holds plain JSON values."""
    event = Event(type=type_, lead_id=lead_id, actor_id=actor.id, actor_name=actor.name, data=data, at=utc_now())
    session.add(event)
    session.flush()
    for react in _reactions.get(type_, ()):
        react(session, event)
    return event
