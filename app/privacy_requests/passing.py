"""Passing on the request of somebody who does not know the company.

Leader keeps leads for others and may not answer for them. So the address is confirmed first, before anything is looked
for; then each company that holds it gets the request as its own, and answers by itself. Nobody learns of another
company: neither the person, to whom it is for each company to speak, nor the companies. What the person wrote beside
their name is not asked for, since it would go to companies that it does not concern.
"""

import uuid
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.companies.models import Company
from app.core.ids import new_id, new_secret, secret_hash
from app.mailing import outbox
from app.privacy_requests import due_dates, gates, requests
from app.privacy_requests.gates import Passed
from app.privacy_requests.models import PrivacyRequest


def file(session: Session, *, kind: str, name: str, email: str, language: str) -> None:
    """Keep the request and mail the link that confirms it, unless the address has had enough mail today."""
    token = new_secret()
    if gates.file_passed(
        session,
        request_id=new_id(),
        kind=kind,
        name=name,
        email=email,
        language=language,
        token=secret_hash(token),
        most=requests.MOST_A_DAY,
    ):
        path = f"/privacy/passed/{token}"
        outbox.post_private(session, "privacy_passed", to=email, path=path)


def hand_over(session: Session, passed: Passed) -> None:
    """Make it a request of the served company, once, whoever died after the last time. It counts from the day on which
    the person asked."""
    company = session.scalars(select(Company)).one()
    request_id = uuid.uuid5(passed.id, str(company.id))
    if session.scalar(select(PrivacyRequest.id).where(PrivacyRequest.id == request_id)) is not None:
        return
    law = due_dates.law_of(company.region)
    received_on = passed.asked_at.astimezone(ZoneInfo(company.time_zone)).date()
    dates = due_dates.deadlines(law, passed.kind, received_on, due_dates.free_days(company.region))
    request = PrivacyRequest(
        id=request_id,
        reference=requests.new_reference(),
        kind=passed.kind,
        law=law,
        name=passed.name,
        email=passed.email,
        language=passed.language,
        token_hash=secret_hash(new_secret()),
        received_at=passed.asked_at,
        due_on=dates.answer_on,
        acknowledge_on=dates.acknowledge_on,
    )
    session.add(request)
    session.flush()
    requests.log(session, request, "received")
    requests.confirm(session, request)
