"""Which questions to put to Google: few, since a day's quota is shared by all companies of an installation.

1. The first time an ad account is used, its costs of the last 90 days, in three questions.
2. After that, the last eight days, since Google corrects costs for some days; today's with them.
3. The clicks of each day on which somebody came with a click id that is not known yet: one question a day, at most 90
   days back, for Google forgets clicks then. A day is asked about again while clicks of it may still be missing:
   for two days, and whenever a lead brought another unknown click id of that day since.
4. What Google says of the uploads, once a day.
5. What did not work is asked again.
"""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from app.advertising.models import AdClick, AdReading
from app.attribution.models import Touchpoint
from app.connections.models import AdAccount
from app.core.clock import utc_now
from app.core.events import Event
from app.core.queue import ring_after_commit
from app.leads.models import Lead

JOB = "app.advertising.jobs.read_due"
PLAN_JOB = "app.advertising.jobs.plan_readings"
BACK_FILL_DAYS = 90
PIECE_DAYS = 30
CORRECTED_DAYS = 7
LATE_DAYS = 2
_MOST_UNKNOWN = 5_000
_DIAGNOSED_EVERY = timedelta(hours=20)

Days = tuple[date, date]


def follow(session: Session, ad_account_id: uuid.UUID) -> None:
    """Plan what is to be asked about the account now; the caller commits. Nothing when it is not in use."""
    account = session.scalars(select(AdAccount).where(AdAccount.id == ad_account_id)).one_or_none()
    if account is None or not account.is_chosen:
        return
    zone = ZoneInfo(account.time_zone) if account.time_zone else ZoneInfo("UTC")
    today = utc_now().astimezone(zone).date()
    known = {
        (reading.kind, reading.first_day): reading
        for reading in session.scalars(select(AdReading).where(AdReading.ad_account_id == ad_account_id))
    }
    is_first = not any(kind == "costs" for kind, _day in known)
    for first, last in cost_days(today, is_first=is_first):
        _want(session, account, known.get(("costs", first)), "costs", (first, last))
    told = next((reading for (kind, _day), reading in known.items() if kind == "diagnosis"), None)
    if told is None or told.read_at is None or utc_now() - told.read_at > _DIAGNOSED_EVERY:
        want_diagnosis(session, account, told, today)
    unknown = _unknown_clicks(session, today - timedelta(days=BACK_FILL_DAYS), zone)
    for day, arrived_at in sorted(unknown.items(), reverse=True):
        reading = known.get(("clicks", day))
        if is_wanted(day, today, arrived_at, reading.read_at if reading else None):
            _want(session, account, reading, "clicks", (day, day))
    for reading in known.values():
        if reading.state == "failed" and reading.first_day >= today - timedelta(days=BACK_FILL_DAYS):
            _want(session, account, reading, reading.kind, (reading.first_day, reading.last_day))
    ring_after_commit(session, "default", JOB)


def want_all(session: Session, account: AdAccount, today: date) -> None:
    """Ask for the costs of all days that are looked back on, once more; the caller commits."""
    known = {
        reading.first_day: reading
        for reading in session.scalars(
            select(AdReading).where(AdReading.ad_account_id == account.id, AdReading.kind == "costs")
        )
    }
    for first, last in cost_days(today, is_first=True):
        _want(session, account, known.get(first), "costs", (first, last))
    ring_after_commit(session, "default", JOB)


def want_diagnosis(session: Session, account: AdAccount, reading: AdReading | None, today: date) -> None:
    """Ask what Google says of the uploads to the account; the caller commits."""
    _want(session, account, reading, "diagnosis", (reading.first_day if reading else today, today))
    ring_after_commit(session, "default", JOB)


def begin_for_event(session: Session, event: Event) -> None:
    """Other ad accounts are in use from now on: look after them at once."""
    session.execute(
        update(AdAccount)
        .where(AdAccount.connection_id == uuid.UUID(event.data["connection_id"]), AdAccount.is_chosen)
        .values(followed_at=None)
        .execution_options(synchronize_session=False)
    )
    ring_after_commit(session, "default", PLAN_JOB)


def cost_days(today: date, *, is_first: bool) -> list[Days]:
    """The spans to ask the costs of, the latest first."""
    if not is_first:
        return [(today - timedelta(days=CORRECTED_DAYS), today)]
    ends = [today - timedelta(days=back) for back in range(0, BACK_FILL_DAYS, PIECE_DAYS)]
    return [(end - timedelta(days=PIECE_DAYS - 1), end) for end in ends]


def is_wanted(day: date, today: date, arrived_at: datetime, read_at: datetime | None) -> bool:
    """True when asking for the day's clicks may tell something new. `arrived_at`: the last lead with an unknown one."""
    return read_at is None or arrived_at > read_at or (today - day).days <= LATE_DAYS


def last_arrivals(unknown: Iterable[tuple[datetime, datetime]], zone: ZoneInfo) -> dict[date, datetime]:
    """From (time of the click, arrival of its lead): the last arrival for each day of clicks."""
    days: dict[date, datetime] = {}
    for clicked_at, arrived_at in unknown:
        day = clicked_at.astimezone(zone).date()
        days[day] = max(arrived_at, days.get(day, arrived_at))
    return days


def _unknown_clicks(session: Session, since: date, zone: ZoneInfo) -> dict[date, datetime]:
    gclid = Touchpoint.click_ids["gclid"].astext
    rows = session.execute(
        select(Touchpoint.occurred_at, Lead.created_at)
        .join(Lead, Lead.id == Touchpoint.lead_id)
        .outerjoin(AdClick, and_(AdClick.lead_id == Touchpoint.lead_id, AdClick.gclid == gclid))
        .where(gclid.is_not(None), Touchpoint.occurred_at >= datetime.combine(since, datetime.min.time(), zone))
        .where(AdClick.id.is_(None), Lead.is_test.is_(False), Lead.is_demo.is_(False))
        .order_by(Touchpoint.occurred_at.desc())
        .limit(_MOST_UNKNOWN)
    )
    return last_arrivals([(row.occurred_at, row.created_at) for row in rows], zone)


def _want(session: Session, account: AdAccount, reading: AdReading | None, kind: str, days: Days) -> None:
    if reading is None:
        reading = AdReading(ad_account_id=account.id, kind=kind, first_day=days[0], last_day=days[1])
        session.add(reading)
    elif reading.state != "pending":
        reading.state, reading.due_at, reading.attempts = "pending", utc_now(), 0
    reading.last_day = days[1]
