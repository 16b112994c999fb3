"""Taking in what a provider tells of a call: the call becomes or joins a lead.

1. Messages may come twice and in any order; each call is one row (see `outcome.py`).
2. A caller whose number belongs to a lead of the last 90 days joins it; any other caller becomes a lead. Who hides the
   number becomes none, since nobody could call back. Nobody joins spam or a sample, and only tests join a test.
3. An outbound call joins the lead it goes to; to anybody else it is none of our business, and nothing is kept, not even
   the row that a leg made before.
4. A recording is noted as `recordings/hearing.py` says.
5. Nothing is made of a call that belonged to an erased lead, or of one that is unknown and over a week old.
"""

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.attribution.models import Touchpoint
from app.calls import following, queries, source, tombstones
from app.calls.models import Call, CallNumber, CallSettings
from app.calls.outcome import Facts
from app.calls.recordings import hearing
from app.calls.source import Origin
from app.capture.models import Consent
from app.capture.submission import Choice
from app.companies.models import Company
from app.core import events
from app.core.clock import utc_now
from app.core.crypto import SealedBox
from app.core.words import gettext as _
from app.core.words import in_language
from app.integrations.telephony.news import CallNews
from app.leads import contact
from app.leads.models import Lead
from app.leads.queries import first_stage_id

_JOINS = timedelta(days=90)
_TOO_OLD = timedelta(days=7)


def take_in(session: Session, provider: str, news: CallNews, box: SealedBox) -> Call | None:
    """The call as it is known now; none when nothing is kept of it."""
    settings = session.scalars(select(CallSettings).with_for_update()).one()
    if news.is_of_recording and not settings.keeps_recordings:
        return None
    company = session.scalars(select(Company)).one()
    call = queries.by_external_id(session, provider, news.external_id)
    if call is None:
        if _is_refused(session, provider, news, box):
            return None
        call = Call(provider=provider, external_id=news.external_id, started_at=_began(news))
    with in_language(company.language):
        _tell(call, news, company.region)
        if call.lead_id is None and not _find_lead(session, call, news, company):
            if call in session:
                session.delete(call)
            return None
        session.add(call)
        session.flush()
        following.follow(session, call, _facts(news))
        hearing.hear(session, call, news.recording, settings)
    return call


def _is_refused(session: Session, provider: str, news: CallNews, box: SealedBox) -> bool:
    is_old = news.at is not None and news.at < utc_now() - _TOO_OLD
    return is_old or tombstones.is_erased(session, provider, news.external_id, box)


def _began(news: CallNews) -> datetime:
    """The provider's clock, unless it is missing or ahead of ours."""
    now = utc_now()
    return min(news.at, now) if news.at else now


def _tell(call: Call, news: CallNews, region: str) -> None:
    """Add what this message says of who called whom. A leg says nothing of that."""
    call.announced_at = call.announced_at or (utc_now() if news.is_announced else None)
    if news.is_leg:
        return
    call.direction = call.direction or news.direction
    call.caller = call.caller or contact.e164(news.caller, region)
    call.called = call.called or contact.e164(news.called, region)
    call.started_at = min(call.started_at, _began(news))


def _facts(news: CallNews) -> Facts:
    return Facts(news.is_over and not news.is_leg, news.is_answered, news.seconds)


def _find_lead(session: Session, call: Call, news: CallNews, company: Company) -> bool:
    """Give the call its lead, if there is to be one. False when the call is none of our business."""
    is_inbound = call.direction == "inbound"
    phone = call.caller if is_inbound else call.called
    lead = _known_lead(session, phone, is_test=news.is_test) if phone else None
    if call.direction == "outbound":
        call.lead_id = lead.id if lead else None
        call.source_words = lead.source_words if lead else ""
        return lead is not None
    if is_inbound:
        number = queries.number(session, call.called)
        found = source.origin(news, number)
        call.source_words = found.source_words
        if phone:
            lead = lead or _new_lead(session, call, news, found, company, number)
            call.lead_id = lead.id
            session.add(Touchpoint(lead_id=lead.id, kind="call", occurred_at=call.started_at, **asdict(found)))
    return True


def _known_lead(session: Session, phone: str, *, is_test: bool) -> Lead | None:
    """The newest lead with this number, if it is recent enough."""
    statement = select(Lead).where(
        Lead.phone_e164 == phone,
        Lead.phone_e164 != "",
        Lead.created_at > utc_now() - _JOINS,
        Lead.is_test.is_(is_test),
        ~Lead.is_spam,
        ~Lead.is_demo,
    )
    return session.scalar(statement.order_by(Lead.created_at.desc()).limit(1))


def _new_lead(
    session: Session, call: Call, news: CallNews, found: Origin, company: Company, number: CallNumber | None
) -> Lead:
    lead = Lead(
        stage_id=first_stage_id(session),
        name=contact.one_line(news.name)[: contact.MAX_NAME],
        phone=call.caller,
        phone_e164=call.caller,
        currency=company.currency,
        channel=found.channel,
        source_words=found.source_words,
        is_test=news.is_test,
    )
    session.add(lead)
    session.flush()
    session.add(
        Consent(
            lead_id=lead.id,
            ad_user_data="unknown",
            ad_personalization="unknown",
            way=Choice().way,
            wording="",
            recorded_at=call.started_at,
        )
    )
    words = _("Phone call to %(number)s", number=number.number_e164) if number else _("Phone call")
    events.record(session, "lead.arrived", lead_id=lead.id, page="", source=words)
    return lead
