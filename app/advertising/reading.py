"""Carrying one claimed reading to Google, and keeping what it tells.

A reading may be done twice with the same result. What passes is tried again later, within a quota that all share;
what only people can mend is noted, and asked again when the account is looked after the next time.
"""

import uuid
from dataclasses import asdict
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.advertising import gates
from app.advertising.gates import Claimed, CostRow
from app.advertising.models import AdClick, AdDiagnosis, AdReading
from app.attribution.models import Touchpoint
from app.connections import use
from app.connections.models import AdAccount
from app.core import events
from app.core.config import Settings
from app.core.crypto import SealedBox
from app.core.errors import LeaderError, RetryableError
from app.core.money import CURRENCIES
from app.integrations.google.ads_diagnostics import Summary, summaries
from app.integrations.google.ads_reports import AdsReports, Click, DailyCost
from app.integrations.google.oauth_errors import ConsentEndedError

MOST_TRIES = 8
_MICROS = 1_000_000


def read(session: Session, claimed: Claimed, box: SealedBox, settings: Settings) -> None:
    """Ask and keep, or note why not; the caller commits."""
    reading = session.scalars(
        select(AdReading).where(AdReading.id == claimed.reading_id, AdReading.claim == claimed.claim)
    ).one_or_none()
    if reading is None:
        return
    account = session.scalars(select(AdAccount).where(AdAccount.id == reading.ad_account_id)).one()
    if not account.is_chosen:
        _note(session, claimed, "failed", "NOT_CHOSEN")
        return
    try:
        _ask(session, reading, account, box, settings)
    except use.ConnectionUnusableError as error:
        _note(session, claimed, "failed", error.reason)
    except ConsentEndedError as error:
        use.break_off(session, use.lock(session, account.connection_id), error.sentence, error.reason)
        _note(session, claimed, "failed", error.reason)
    except RetryableError as error:
        is_over = reading.attempts >= MOST_TRIES
        _note(session, claimed, "failed" if is_over else "pending", error.reason, pause(reading.attempts, error.reason))
    except LeaderError as error:
        _note(session, claimed, "failed", error.reason)
    else:
        _note(session, claimed, "done")


def connection_of(session: Session, claimed: Claimed) -> uuid.UUID:
    """The connection that the reading goes through. Raises NoResultFound when its ad account is gone."""
    return session.scalars(
        select(AdAccount.connection_id)
        .join(AdReading, AdReading.ad_account_id == AdAccount.id)
        .where(AdReading.id == claimed.reading_id)
    ).one()


def pause(attempts: int, reason: str) -> timedelta:
    """How long to leave Google alone: hours when the day's quota is used up, else minutes that double."""
    if reason == "RESOURCE_EXHAUSTED":
        return timedelta(hours=2)
    return timedelta(minutes=min(60, 2 ** min(attempts, 6)))


def minor_units(micros: int, currency: str) -> int:
    """Google's millionths in the currency's minor units, halves rounded up."""
    places = CURRENCIES[currency][1] if currency in CURRENCIES else 2
    return int((micros * 10**places + _MICROS // 2) // _MICROS)


def _ask(session: Session, reading: AdReading, account: AdAccount, box: SealedBox, settings: Settings) -> None:
    connection = use.open_for_use(session, account.connection_id)
    credentials = use.credentials(session, connection, box, settings)
    if reading.kind == "diagnosis":
        told = summaries(
            settings, credentials, customer_id=account.conversion_customer_id, login=account.login_customer_id
        )
        _keep_diagnoses(session, account, told)
        return
    reports = AdsReports(
        settings,
        credentials,
        customer_id=account.customer_id,
        login_customer_id=account.login_customer_id,
    )
    if reading.kind == "costs":
        _keep_costs(session, account, reading, list(reports.costs(reading.first_day, reading.last_day)))
    else:
        _keep_clicks(session, account, list(reports.clicks(reading.first_day)))


def _keep_costs(session: Session, account: AdAccount, reading: AdReading, costs: list[DailyCost]) -> None:
    """What Google tells of these days takes the place of what a file told."""
    gates.lock_costs(session, account.customer_id)
    gates.forget_file_costs(session, account.customer_id, reading.first_day, reading.last_day)
    latest = {cost.campaign_id: cost for cost in sorted(costs, key=lambda cost: cost.day)}
    gates.keep_campaigns(
        session,
        (
            {
                "customer_id": account.customer_id,
                "campaign_id": cost.campaign_id,
                "name": cost.campaign_name,
                "channel_type": cost.channel_type,
            }
            for cost in latest.values()
        ),
    )
    gates.keep_costs(
        session,
        (
            CostRow(
                day=cost.day,
                customer_id=account.customer_id,
                campaign_id=cost.campaign_id,
                cost_minor=minor_units(cost.cost_micros, account.currency),
                currency=account.currency,
                clicks=cost.clicks,
                impressions=cost.impressions,
                source="api",
            )
            for cost in costs
        ),
    )


def _keep_clicks(session: Session, account: AdAccount, clicks: list[Click]) -> None:
    """Only those that brought somebody: the others are nobody's business here."""
    gclid = Touchpoint.click_ids["gclid"].astext
    found = {click.gclid: click for click in clicks}
    rows = session.execute(select(Touchpoint.lead_id, gclid.label("gclid")).where(gclid.in_(found)).distinct()).all()
    told = set(session.scalars(select(AdClick.lead_id).where(AdClick.gclid.in_(found))))
    gates.keep_clicks(
        session,
        ({"customer_id": account.customer_id, "lead_id": row.lead_id, **asdict(found[row.gclid])} for row in rows),
    )
    for lead_id in sorted({row.lead_id for row in rows} - told):
        events.record(session, "lead.click_explained", lead_id=lead_id)


def _keep_diagnoses(session: Session, account: AdAccount, told: list[Summary]) -> None:
    """What was told last is all that is kept."""
    gates.lock_costs(session, account.conversion_customer_id)
    session.execute(
        delete(AdDiagnosis)
        .where(AdDiagnosis.customer_id == account.conversion_customer_id)
        .execution_options(synchronize_session=False)
    )
    session.add_all(AdDiagnosis(customer_id=account.conversion_customer_id, **asdict(summary)) for summary in told)
    session.flush()


def _note(session: Session, claimed: Claimed, state: str, problem: str = "", wait: timedelta = timedelta(0)) -> None:
    session.execute(
        update(AdReading)
        .where(AdReading.id == claimed.reading_id, AdReading.claim == claimed.claim)
        .values(
            state=state,
            problem=problem,
            due_at=func.now() + wait,
            **({"read_at": func.now(), "attempts": 0} if state == "done" else {}),
        )
        .execution_options(synchronize_session=False)
    )
