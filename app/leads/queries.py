"""Reading leads: pages of the table as column tuples, and what the page of one lead shows."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import utc_now
from app.core.errors import NotFoundError
from app.core.events import Event
from app.core.pagination import PAGE_SIZE, Position
from app.core.words import gettext as _
from app.leads import gates
from app.leads.filters import Filters
from app.leads.gates import LeadRow, SortedRow
from app.leads.models import Lead, Note, Stage
from app.leads.sorting import Place

_SETTLED = timedelta(seconds=1)
"""A lead whose transaction is still open may be older than one that was seen already. Arrivals are told when
they are this old, so that one that commits late is not passed over."""

_TIMELINE = 200


@dataclass(frozen=True)
class LeadPage:
    """Up to PAGE_SIZE leads, the newest first, and where the next page starts, if there is one."""

    rows: Sequence[LeadRow]
    older: Position | None


def first_stage_id(session: Session) -> uuid.UUID:
    """The stage in which a lead begins; it cannot be archived before this transaction ends."""
    active = select(Stage.id).where(Stage.archived_at.is_(None)).order_by(Stage.position, Stage.name)
    first = active.limit(1).with_for_update(read=True)
    # While it was waited for, it may have been archived: then it is another one.
    return session.scalars(first).one_or_none() or session.scalars(first).one()


def page(session: Session, filters: Filters, after: Position | None) -> LeadPage:
    """One page of the table, by one statement. It reads one row more than it shows, to know whether others
    follow."""
    if filters.is_narrow or filters.is_of_one:
        rows = gates.found(session, wanted=filters.wanted(), is_spam=filters.is_spam, after=after, most=PAGE_SIZE + 1)
    else:
        rows = gates.newest(
            session, stage_id=filters.stage_id, is_spam=filters.is_spam, after=after, most=PAGE_SIZE + 1
        )
    shown = rows[:PAGE_SIZE]
    return LeadPage(shown, position_of(shown[-1]) if len(rows) > PAGE_SIZE else None)


def page_in_order(
    session: Session, filters: Filters, sort: str, after: Place | None
) -> tuple[Sequence[LeadRow], Place | None]:
    """One page of the table ordered by a column, and where the next page starts, if there is one."""
    wanted = filters.wanted() | {"sort": sort}
    found = gates.in_order(session, wanted=wanted, is_spam=filters.is_spam, after=after, most=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    return [row.lead for row in shown], _place_of(shown[-1], sort) if len(found) > PAGE_SIZE else None


def _place_of(row: SortedRow, sort: str) -> Place:
    lead = row.lead
    keys: dict[str, object] = {
        "name": row.name,
        "value": row.value,
        "activity": row.activity.isoformat(),
        "arrival": lead.created_at.isoformat(),
        "stage": lead.stage_id,
        "owner": row.owner or "",
    }
    return Place(str(keys[sort.removeprefix("-")]), lead.created_at, uuid.UUID(lead.id))


def arrivals(session: Session, filters: Filters, since: Position | None) -> list[LeadRow]:
    """The leads that came after the position, the newest first: the earliest PAGE_SIZE of them, so that none
    is left out when more come at once."""
    rows = gates.arrived(
        session,
        stage_id=filters.stage_id,
        is_spam=filters.is_spam,
        since=since,
        before=utc_now() - _SETTLED,
        most=PAGE_SIZE,
    )
    return rows[::-1]


def position_of(row: LeadRow) -> Position:
    return Position(row.created_at, uuid.UUID(row.id))


def lead(session: Session, lead_id: uuid.UUID) -> Lead:
    """The lead. Raises NotFoundError, also for a lead of another company."""
    found = session.scalar(select(Lead).where(Lead.id == lead_id))
    if found is None:
        raise NotFoundError(_("There is no such lead."))
    return found


def history(session: Session, lead_id: uuid.UUID) -> Sequence[Event]:
    """What happened to the lead, the newest first. Ids are ordered by time."""
    statement = select(Event).where(Event.lead_id == lead_id).order_by(Event.id.desc()).limit(_TIMELINE)
    return session.scalars(statement).all()


def notes(session: Session, lead_id: uuid.UUID) -> dict[str, Note]:
    """The lead's newest notes by their ids as text."""
    statement = select(Note).where(Note.lead_id == lead_id).order_by(Note.id.desc()).limit(_TIMELINE)
    return {str(note.id): note for note in session.scalars(statement)}
