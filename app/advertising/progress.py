"""How far the reading of an ad account is, in real counts, and the wish to read it all once more."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.advertising import planning
from app.advertising.models import AdReading
from app.connections.models import AdAccount, Connection
from app.core.clock import utc_now
from app.core.errors import InvalidInputError, NotFoundError
from app.core.words import gettext as _

AGAIN_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Progress:
    """`days`: of the last 90, those whose costs were read. `clicks`: days with ad clicks that were asked about, of
    `all_clicks`. `waiting`: questions that are still to be put. `next_at`: when, if not at once."""

    account_id: uuid.UUID
    name: str
    customer_id: str
    days: int
    clicks: int
    all_clicks: int
    waiting: int
    next_at: datetime | None
    problem: str
    last_read_at: datetime | None


def of_accounts(session: Session) -> list[Progress]:
    """Of each ad account in use, by name."""
    accounts = session.scalars(
        select(AdAccount)
        .join(Connection, Connection.id == AdAccount.connection_id)
        .where(AdAccount.is_chosen, Connection.state.in_(("active", "needs_reconnect")))
        .order_by(AdAccount.name, AdAccount.id)
    ).all()
    readings = session.scalars(select(AdReading).where(AdReading.ad_account_id.in_([each.id for each in accounts])))
    found: dict[uuid.UUID, list[AdReading]] = {each.id: [] for each in accounts}
    for reading in readings:
        found[reading.ad_account_id].append(reading)
    return [measure(account, found[account.id], today_of(account), utc_now()) for account in accounts]


def measure(account: AdAccount, readings: list[AdReading], today: date, now: datetime) -> Progress:
    since = today - timedelta(days=planning.BACK_FILL_DAYS - 1)
    costs = [reading for reading in readings if reading.kind == "costs"]
    clicks = [reading for reading in readings if reading.kind == "clicks"]
    waiting = [reading for reading in readings if reading.state == "pending"]
    soonest = min((reading.due_at for reading in waiting), default=now)
    troubled = sorted((each for each in readings if each.problem), key=lambda each: each.due_at)
    return Progress(
        account_id=account.id,
        name=account.name,
        customer_id=account.customer_id,
        days=len(_days([reading for reading in costs if reading.read_at], since, today)),
        clicks=sum(reading.read_at is not None for reading in clicks),
        all_clicks=len(clicks),
        waiting=len(waiting),
        next_at=soonest if waiting and soonest > now else None,
        problem=problem_words(troubled[-1].problem) if troubled else "",
        last_read_at=max((reading.read_at for reading in costs if reading.read_at), default=None),
    )


def read_again(session: Session, account_id: uuid.UUID) -> None:
    """Ask Google for the costs of all 90 days once more: three questions. Raises NotFoundError, and InvalidInputError
    while it is being done or was done just now, since all share one quota."""
    account = session.scalars(
        select(AdAccount).where(AdAccount.id == account_id, AdAccount.is_chosen).with_for_update()
    ).one_or_none()
    if account is None:
        raise NotFoundError(_("There is no such ad account."))
    readings = session.scalars(
        select(AdReading).where(AdReading.ad_account_id == account_id, AdReading.kind == "costs")
    ).all()
    if any(reading.state == "pending" for reading in readings):
        raise InvalidInputError(_("This account is being read already."))
    if any(reading.read_at and reading.read_at > utc_now() - AGAIN_AFTER for reading in readings):
        raise InvalidInputError(_("This account was read a moment ago. Wait ten minutes."))
    planning.want_all(session, account, today_of(account))


def today_of(account: AdAccount) -> date:
    """Today where the account is."""
    return utc_now().astimezone(ZoneInfo(account.time_zone or "UTC")).date()


def problem_words(reason: str) -> str:
    """Why a question was not answered."""
    if reason == "RESOURCE_EXHAUSTED":
        return _("Google’s daily limit for this installation is used up. Leader goes on by itself.")
    if reason in ("needs_reconnect", "invalid_grant"):
        return _("The connection to Google Ads must be renewed first.")
    if reason in ("disconnecting", "deleted", "NOT_CHOSEN"):
        return _("The account is no longer in use here.")
    return _("Google did not answer as expected (%(reason)s). Leader asks again by itself.", reason=reason)


def _days(readings: list[AdReading], since: date, today: date) -> set[date]:
    return {
        day
        for reading in readings
        for number in range((reading.last_day - reading.first_day).days + 1)
        if since <= (day := reading.first_day + timedelta(days=number)) <= today
    }
