"""Keeping the daily figures equal to the leads.

1. A change marks its lead's day as due in its own transaction (`mark_for_event` reacts to events), so no change is
   forgotten, and no two changes wait for each other.
2. A recount takes the marks of the company and counts those days anew from the leads themselves, all in one
   transaction, one recount at a time; who comes second leaves it to the first. A change that commits meanwhile has a
   mark that this recount did not see.
3. Leads that are gone are counted from the totals that they left behind (`gone.py`).
4. Test leads and spam count nowhere; sample leads count in the demo company only.
"""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.advertising.models import AdClick
from app.attribution.models import Touchpoint
from app.companies.models import Company
from app.core.events import Event
from app.core.ids import new_id
from app.core.tenancy import company_of
from app.leads.bulk import copy_rows
from app.leads.models import Lead, Stage
from app.reports import gates, gone
from app.reports.figures import Cell, Click, Counted, Sums, Touch, sum_up
from app.reports.models import DailyFigure, DayDue
from app.subjects import cells
from app.subjects.models import LeadTotal

MOST_WHILE_SOMEBODY_WAITS = 3
"""Days that a page counts before it answers, the latest first; a job counts the others soon."""

_PIECE = 500


def mark_for_event(session: Session, event: Event) -> None:
    """The day of the event's lead is due. Reacts to whatever changes what a lead counts as."""
    lead = session.get(Lead, (event.company_id, event.lead_id)) if event.lead_id else None
    if lead is not None:
        zone = ZoneInfo(_company(session).time_zone)
        session.add(DayDue(day=lead.created_at.astimezone(zone).date()))


def mark_for_member(session: Session, event: Event) -> None:
    """Somebody leaves the company, so the leads that they answered will be nobody's: their days are due."""
    zone = _company(session).time_zone
    local_day = func.date(func.timezone(zone, Lead.created_at))
    mine = Lead.owner_id == uuid.UUID(event.data["user_id"])
    session.add_all(DayDue(day=day) for day in session.scalars(select(local_day).where(mine).distinct()))


def mark_all_for_event(session: Session, _event: Event) -> None:
    """Many leads came or went at once, of whatever days."""
    mark_all(session)


def mark_all(session: Session) -> None:
    """Every day that has leads or figures is due: after the company's zone has changed, or to be sure."""
    zone = _company(session).time_zone
    local_day = func.date(func.timezone(zone, Lead.created_at))
    questions = (local_day, DailyFigure.day, LeadTotal.week)
    days = {day for question in questions for day in session.scalars(select(question).distinct())}
    session.add_all(DayDue(day=day) for day in days)
    session.flush()


def recount(session: Session, *, most: int | None = None) -> int:
    """Count the due days anew, the latest first; how many days. None while another recount is under way."""
    if not gates.take_alone(session):
        return 0
    days = session.scalars(select(DayDue.day).distinct().order_by(DayDue.day.desc()).limit(most)).all()
    if not days:
        return 0
    session.execute(delete(DayDue).where(DayDue.day.in_(days)).execution_options(synchronize_session=False))
    session.execute(delete(DailyFigure).where(DailyFigure.day.in_(days)).execution_options(synchronize_session=False))
    company = _company(session)
    zone = ZoneInfo(company.time_zone)
    for day in days:
        leads = _leads_of(session, *_bounds(day, zone), with_samples=company.is_demo)
        copy_rows(session, DailyFigure, _rows(day, sum_up(leads, zone)))
        copy_rows(session, DailyFigure, _rows(day, gone.on_day(session, day)))
    return len(days)


def is_due(session: Session) -> bool:
    """True while some days are not counted."""
    return session.scalar(select(DayDue.id).limit(1)) is not None


def mark_gone(session: Session, lead_id: uuid.UUID) -> None:
    """The lead is about to go: its day, and the weeks under which the totals may count it, are due."""
    created_at = session.scalar(select(Lead.created_at).where(Lead.id == lead_id))
    if created_at is not None:
        day = created_at.astimezone(ZoneInfo(_company(session).time_zone)).date()
        session.add_all(DayDue(day=each) for each in {day, *cells.weeks(day)})
        session.flush()


def _rows(day: date, totals: dict[Cell, Sums]) -> Iterator[dict[str, object]]:
    for cell, sums in totals.items():
        figures = {name: getattr(sums, name) for name in Sums.__slots__}
        yield {"id": new_id(), "day": day, **cell._asdict(), **figures}


def _bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The day's first instant and that of the next one; a day may have 23 or 25 hours."""
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)


def _leads_of(session: Session, start: datetime, end: datetime, *, with_samples: bool) -> Iterator[Counted]:
    return _leads(session, [Lead.created_at >= start, Lead.created_at < end], with_samples=with_samples)


def _leads(session: Session, which: list, *, with_samples: bool) -> Iterator[Counted]:  # type: ignore[type-arg]
    """The leads that count, with their touches in order, a piece at a time."""
    statement = (
        select(
            Lead.id,
            Lead.created_at,
            Lead.channel,
            Lead.currency,
            Lead.value_minor,
            Stage.id,
            Stage.kind,
            Lead.quotable,
            Lead.answered_at,
            Lead.owner_id,
            Lead.lost_reason_id,
        )
        .join(Stage, Stage.id == Lead.stage_id)
        .where(*which, Lead.is_test.is_(False), Lead.is_spam.is_(False))
    )
    if not with_samples:
        statement = statement.where(Lead.is_demo.is_(False))
    for piece in session.execute(statement).partitions(_PIECE):
        touches = _touches(session, [row[0] for row in piece])
        for lead_id, created_at, channel, currency, value, stage, kind, quotable, answered_at, owner, reason in piece:
            yield Counted(
                created_at=created_at,
                channel=channel,
                currency=currency,
                value_minor=value or 0,
                stage=str(stage),
                stage_kind=kind,
                quotable=quotable,
                answered_at=answered_at,
                owner=str(owner or ""),
                lost_reason=str(reason or ""),
                touches=touches.get(lead_id, ()),
            )


def _touches(session: Session, lead_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Touch]]:
    """The touches that led to these leads, the oldest first: what came after a lead did not bring it."""
    statement = (
        select(
            Touchpoint.lead_id,
            Touchpoint.channel,
            Touchpoint.occurred_at,
            Touchpoint.landing_page,
            Touchpoint.referrer,
            Touchpoint.utm,
            Touchpoint.click_ids,
        )
        .join(Lead, Lead.id == Touchpoint.lead_id)
        .where(Touchpoint.lead_id.in_(lead_ids), Touchpoint.occurred_at <= Lead.created_at)
        .order_by(Touchpoint.lead_id, Touchpoint.occurred_at, Touchpoint.id)
    )
    clicks = _clicks(session, lead_ids)
    return {
        lead_id: [Touch(*row[1:], clicks.get((lead_id, row.click_ids.get("gclid", "")))) for row in group]
        for lead_id, group in groupby(session.execute(statement), key=lambda row: row[0])
    }


def _clicks(session: Session, lead_ids: list[uuid.UUID]) -> dict[tuple[uuid.UUID, str], Click]:
    """What is told of the leads' Google clicks, by lead and click id."""
    statement = select(
        AdClick.lead_id, AdClick.gclid, AdClick.campaign_name, AdClick.ad_group_name, AdClick.keyword
    ).where(AdClick.lead_id.in_(lead_ids))
    return {(lead_id, gclid): Click(*names) for lead_id, gclid, *names in session.execute(statement)}


def _company(session: Session) -> Company:
    return session.get_one(Company, company_of(session))
