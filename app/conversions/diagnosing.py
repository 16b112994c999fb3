"""What Google says of the uploads beside what Leader knows of them, and how many leads can be reported at all."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from app.advertising import planning
from app.advertising.models import AdDiagnosis, AdReading
from app.advertising.progress import AGAIN_AFTER, problem_words, today_of
from app.attribution.models import Touchpoint
from app.capture.models import Consent
from app.connections.models import AdAccount, Connection, ConversionAction
from app.conversions.agreement import Ours, Theirs, explain
from app.conversions.eligibility import CLICK_IDS
from app.conversions.models import ConversionMapping, ConversionUpload
from app.conversions.receipts import UPLOADED_AS_FILE
from app.core.clock import utc_now
from app.core.errors import InvalidInputError, NotFoundError
from app.core.words import gettext as _
from app.leads.models import Lead

DAYS = 7
WEEKS = 12


@dataclass(frozen=True)
class ComparedDay:
    day: date
    ours: Ours
    theirs: Theirs
    differences: list[str]


@dataclass(frozen=True)
class Diagnosis:
    """Of one ad account. `told`: Google's summaries, one for each way of uploading; `days`: the newest first."""

    account_id: uuid.UUID
    name: str
    owner: str
    told: list[AdDiagnosis]
    days: list[ComparedDay]
    is_asked: bool
    problem: str
    read_at: datetime | None


class Week(NamedTuple):
    """Leads that arrived in a week: with a click id; without one, but with contact data that may be sent."""

    first_day: datetime
    leads: int
    with_click: int
    with_contact: int


def of_accounts(session: Session) -> list[Diagnosis]:
    """Of each ad account in use, by name."""
    accounts = session.scalars(
        select(AdAccount)
        .join(Connection, Connection.id == AdAccount.connection_id)
        .where(AdAccount.is_chosen, Connection.state.in_(("active", "needs_reconnect")))
        .order_by(AdAccount.name, AdAccount.id)
    )
    return [_of(session, account) for account in accounts]


def needs_attention(session: Session) -> bool:
    """True when Google itself complains of the uploads."""
    complaint = (AdDiagnosis.status == "NEEDS_ATTENTION") | (func.jsonb_array_length(AdDiagnosis.alerts) > 0)
    return session.scalar(select(AdDiagnosis.id).where(complaint).limit(1)) is not None


def ask(session: Session, account_id: uuid.UUID) -> None:
    """Ask Google once more. Raises NotFoundError, and InvalidInputError when that was done just now."""
    account = session.scalars(
        select(AdAccount).where(AdAccount.id == account_id, AdAccount.is_chosen).with_for_update()
    ).one_or_none()
    if account is None:
        raise NotFoundError(_("There is no such ad account."))
    reading = _reading(session, account_id)
    if reading and reading.read_at and reading.read_at > utc_now() - AGAIN_AFTER:
        raise InvalidInputError(_("Google was asked a moment ago. Wait ten minutes."))
    planning.want_diagnosis(session, account, reading, today_of(account))


def coverage(session: Session, zone: str) -> list[Week]:
    """The last weeks, the newest first."""
    week = func.date_trunc("week", func.timezone(zone, Lead.created_at))
    has_click = (
        select(Touchpoint.id)
        .where(Touchpoint.lead_id == Lead.id, Touchpoint.click_ids.has_any(array(CLICK_IDS)))
        .exists()
    )
    granted = select(Consent.id).where(Consent.lead_id == Lead.id, Consent.ad_user_data == "granted").exists()
    has_contact = ~has_click & granted & ((Lead.email != "") | (Lead.phone_e164 != ""))
    rows = session.execute(
        select(week, func.count(), func.count().filter(has_click), func.count().filter(has_contact))
        .where(Lead.created_at >= utc_now() - timedelta(weeks=WEEKS))
        .where(Lead.is_test.is_(False), Lead.is_demo.is_(False), Lead.is_spam.is_(False))
        .group_by(week)
        .order_by(week.desc())
    )
    return [Week(*row) for row in rows]


def _of(session: Session, account: AdAccount) -> Diagnosis:
    told = session.scalars(
        select(AdDiagnosis)
        .where(AdDiagnosis.customer_id == account.conversion_customer_id)
        .order_by(AdDiagnosis.client)
    ).all()
    reading = _reading(session, account.id)
    return Diagnosis(
        account_id=account.id,
        name=account.name,
        owner=account.conversion_customer_id,
        told=list(told),
        days=_days(session, account, list(told)),
        is_asked=reading is not None and reading.state == "pending",
        problem=problem_words(reading.problem) if reading and reading.problem else "",
        read_at=reading.read_at if reading else None,
    )


def _reading(session: Session, account_id: uuid.UUID) -> AdReading | None:
    return session.scalars(
        select(AdReading).where(AdReading.ad_account_id == account_id, AdReading.kind == "diagnosis").limit(1)
    ).one_or_none()


def _days(session: Session, account: AdAccount, told: list[AdDiagnosis]) -> list[ComparedDay]:
    theirs: dict[date, Theirs] = {}
    for entry in (entry for summary in told for entry in summary.days):
        day = date.fromisoformat(entry["day"][:10])
        before = theirs.get(day, Theirs())
        theirs[day] = Theirs(
            before.successful + entry["successful"], before.failed + entry["failed"], before.pending + entry["pending"]
        )
    ours, today = _our_days(session, account), today_of(account)
    return [
        ComparedDay(day, mine, their, explain(day, mine, their, today))
        for day in sorted({*ours, *theirs}, reverse=True)
        for mine, their in [(ours.get(day, Ours()), theirs.get(day, Theirs()))]
    ]


def _our_days(session: Session, account: AdAccount) -> dict[date, Ours]:
    """By the day of the sending, or of the end where nothing was sent, in the account's zone."""
    upload, by_file = ConversionUpload, ConversionUpload.reason == UPLOADED_AS_FILE
    at = func.coalesce(upload.sent_at, upload.settled_at)
    day = func.date(func.timezone(account.time_zone or "UTC", at))
    was_sent, number = upload.sent_at.is_not(None), func.count()
    rows = session.execute(
        select(
            day,
            number.filter(was_sent),
            number.filter(was_sent, upload.state == "accepted"),
            number.filter(was_sent, upload.state == "rejected"),
            number.filter(upload.state == "sent"),
            func.coalesce(func.sum(func.greatest(upload.unclear - 1, 0)).filter(was_sent), 0),
            number.filter(~was_sent, upload.state == "rejected"),
            number.filter(by_file),
        )
        .join(ConversionMapping, ConversionMapping.id == upload.mapping_id)
        .join(ConversionAction, ConversionAction.id == ConversionMapping.conversion_action_id)
        .join(AdAccount, AdAccount.id == ConversionAction.ad_account_id)
        .where(AdAccount.conversion_customer_id == account.conversion_customer_id)
        .where(upload.created_at >= utc_now() - timedelta(days=90), at >= utc_now() - timedelta(days=DAYS))
        .group_by(day)
    )
    return {row[0]: Ours(*map(int, row[1:])) for row in rows}
