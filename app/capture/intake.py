"""Taking in: the one rule that makes a lead of what arrived, with its touches, its consent and its event."""

import uuid
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.attribution.models import Touchpoint
from app.capture import bodies, lead_forms, spam, tombstones, webhooks
from app.capture.arrival import Arrival, compose
from app.capture.models import CaptureSource, Consent, InboxItem
from app.capture.spam import Sent
from app.capture.submission import Submission
from app.companies.models import Company
from app.core import events
from app.core.clock import utc_now
from app.core.crypto import KeyRing
from app.core.marks import Marker
from app.core.words import in_language
from app.leads.models import Lead
from app.leads.queries import first_stage_id


def take_in(session: Session, item_id: uuid.UUID, marker: Marker, ring: KeyRing) -> None:
    """Make the lead of an inbox item; the lead has the item's id. An item that was taken in before is left alone, and
    one that repeats a sending of an erased lead is forgotten.

    The lead is dated now, so that one that had to wait still comes to the top of every open table.
    """
    item = session.scalars(select(InboxItem).where(InboxItem.id == item_id).with_for_update(of=InboxItem)).one()
    if item.taken_in_at is not None or tombstones.forget_repeated(session, item, marker, ring):
        return
    company = session.scalars(select(Company)).one()
    source = session.scalars(select(CaptureSource).where(CaptureSource.id == item.capture_source_id)).one()
    submission = _read(item, source)
    with in_language(company.language):
        arrival = compose(submission, region=company.region, now=item.received_at)
    session.add(_lead(item, submission, arrival, first_stage_id(session), company.currency, _signs(item, submission)))
    session.flush()
    session.add_all(Touchpoint(lead_id=item.id, **asdict(touch)) for touch in arrival.touches)
    session.add(_consent(item, submission, source.notice))
    item.taken_in_at, item.problem = utc_now(), ""
    events.record(session, "lead.arrived", lead_id=item.id, page=arrival.page, source=source.name)


def _read(item: InboxItem, source: CaptureSource) -> Submission:
    if item.kind == "lead_form":
        return lead_forms.read(item.body)
    if item.kind == "webhook":
        return webhooks.read(item.body, source.mapping)
    return bodies.read(item.kind, item.body)


def _signs(item: InboxItem, submission: Submission) -> list[str]:
    """A program that speaks JSON for people is no robot; what sends our own form is, unless it is a browser."""
    return spam.signs(
        Sent(
            name=submission.name,
            email=submission.email,
            message=submission.message,
            is_trapped=submission.is_trapped,
            user_agent=item.user_agent if item.kind == "form" else "",
        )
    )


def _lead(
    item: InboxItem, submission: Submission, arrival: Arrival, stage_id: uuid.UUID, currency: str, signs: list[str]
) -> Lead:
    is_spam = spam.is_spam(signs)
    return Lead(
        id=item.id,
        stage_id=stage_id,
        name=submission.name,
        email=submission.email,
        phone=submission.phone,
        phone_e164=arrival.phone_e164,
        message=_message(submission),
        currency=currency,
        channel=arrival.source.channel,
        source_words=arrival.source.source_words,
        is_test=arrival.is_test,
        is_spam=is_spam,
        spam_reasons=signs if is_spam else [],
    )


def _message(submission: Submission) -> str:
    """What the person wrote, and below it what the form's other fields say."""
    answers = "\n".join(f"{name}: {text}" for name, text in submission.extra.items())
    return "\n\n".join(filter(None, (submission.message, answers)))


def _consent(item: InboxItem, submission: Submission, notice: str) -> Consent:
    """The words are kept only for people who were shown them."""
    choice = submission.tracking.choice
    return Consent(
        lead_id=item.id,
        ad_user_data=choice.ad_user_data,
        ad_personalization=choice.ad_personalization,
        way=choice.way,
        wording=notice if submission.saw_notice else "",
        recorded_at=item.received_at,
    )
