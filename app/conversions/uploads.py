"""Planning: a lead that reaches a mapped stage gets an upload, in the same transaction as the move.

Also what becomes of open uploads when a connection breaks, is renewed or is deleted.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.attribution.models import Touchpoint
from app.capture.models import Consent
from app.companies.models import Company
from app.connections.models import AdAccount, ConversionAction
from app.conversions import outbox
from app.conversions.eligibility import Facts, Refusal, decide
from app.conversions.models import ConversionMapping, ConversionUpload
from app.conversions.payload import Destination, Occurrence, build
from app.core.events import Event
from app.core.ids import new_id
from app.core.money import to_major
from app.core.queue import ring_after_commit
from app.core.tenancy import company_of
from app.integrations.google.user_data import mask_email, mask_phone
from app.leads.models import Lead

JOB = "app.conversions.jobs.send_due"


@dataclass(frozen=True)
class _Target:
    """A mapping with the place at Google that it points to."""

    mapping: ConversionMapping
    action: ConversionAction
    account: AdAccount


def plan_for_event(session: Session, event: Event) -> None:
    """Plan an upload for each active mapping of the stage that the lead has reached, unless Google was told already."""
    stage_id = uuid.UUID(event.data["to_stage_id"])
    targets = _targets(session, stage_id)
    if not targets or event.lead_id is None:
        return
    lead = session.scalars(select(Lead).where(Lead.id == event.lead_id)).one()
    for target in targets:
        if not _is_planned(session, lead.id, target):
            _plan(session, lead, target, event)
    ring_after_commit(session, "conversions", JOB)


def stop_for_event(session: Session, event: Event) -> None:
    """The connection is deleted: nothing more is sent, and what is on its way can no longer be asked about."""
    outbox.stop(session, uuid.UUID(event.data["connection_id"]))


def hold_for_event(session: Session, event: Event) -> None:
    """The sign-in at Google is dead: hold what is not sent yet, so that nothing is tried in vain."""
    connection_id = uuid.UUID(event.data["connection_id"])
    outbox.move_open(
        session,
        connection_id,
        from_states=("pending", "waiting", "sending"),
        state="held",
        reason="NEEDS_RECONNECT",
    )


def release_for_event(session: Session, event: Event) -> None:
    """The sign-in works again: what was held is due now."""
    connection_id = uuid.UUID(event.data["connection_id"])
    outbox.move_open(session, connection_id, from_states=("held",), state="pending", reason="")
    outbox.ask_now(session, connection_id)
    ring_after_commit(session, "conversions", JOB)


def _targets(session: Session, stage_id: uuid.UUID) -> list[_Target]:
    rows = session.execute(
        select(ConversionMapping, ConversionAction, AdAccount)
        .join(ConversionAction, ConversionAction.id == ConversionMapping.conversion_action_id)
        .join(AdAccount, AdAccount.id == ConversionAction.ad_account_id)
        .where(ConversionMapping.stage_id == stage_id, ConversionMapping.is_active)
        .order_by(ConversionMapping.id)
    )
    return [_Target(*row) for row in rows]


def _is_planned(session: Session, lead_id: uuid.UUID, target: _Target) -> bool:
    """Once per lead and mapping; and once per lead, stage and conversion at Google, whichever mapping named it
    before: a rule that was stopped and made again, or a connection that was, must not count a sale twice."""
    is_same_at_google = and_(
        ConversionMapping.stage_id == target.mapping.stage_id,
        ConversionAction.google_id == target.action.google_id,
        ConversionUpload.state != "skipped",
    )
    query = (
        select(ConversionUpload.id)
        .join(ConversionMapping, ConversionMapping.id == ConversionUpload.mapping_id)
        .join(ConversionAction, ConversionAction.id == ConversionMapping.conversion_action_id)
        .where(
            ConversionUpload.lead_id == lead_id,
            or_(ConversionUpload.mapping_id == target.mapping.id, is_same_at_google),
        )
        .limit(1)
    )
    return session.scalar(query) is not None


def _plan(session: Session, lead: Lead, target: _Target, event: Event) -> None:
    facts = _facts(session, lead)
    decision = decide(facts)
    upload = ConversionUpload(
        id=new_id(),
        lead_id=lead.id,
        mapping_id=target.mapping.id,
        connection_id=target.account.connection_id,
        transaction_id=new_id().hex,
        payload={},
    )
    if isinstance(decision, Refusal):
        upload.state, upload.reason, upload.settled_at = "skipped", decision.reason, event.at
    else:
        occurrence = _occurrence(upload, lead, target.mapping, facts, event)
        upload.payload = build(_destination(target), occurrence, decision)
    session.add(upload)
    session.flush()
    outbox.add_entry(session, upload.id, "planned", **_story(lead, target, event))
    if upload.state == "skipped":
        outbox.add_entry(session, upload.id, "skipped", reason=upload.reason)


def _facts(session: Session, lead: Lead) -> Facts:
    consent = session.execute(
        select(Consent.ad_user_data, Consent.ad_personalization)
        .where(Consent.lead_id == lead.id)
        .order_by(Consent.id.desc())
        .limit(1)
    ).first()
    touches = select(Touchpoint.click_ids).where(Touchpoint.lead_id == lead.id).order_by(Touchpoint.occurred_at)
    region = session.scalar(select(Company.region).where(Company.id == company_of(session)))
    return Facts(
        is_excluded=_exclusion(lead),
        region=region or "",
        ad_user_data=consent.ad_user_data if consent else "unknown",
        ad_personalization=consent.ad_personalization if consent else "unknown",
        click_ids=session.scalars(touches).all(),
        email=lead.email,
        phone_e164=lead.phone_e164,
    )


def _exclusion(lead: Lead) -> str:
    if lead.restricted_at is not None:
        return "RESTRICTED"
    return "TEST_LEAD" if lead.is_test or lead.is_demo else "SPAM_LEAD" if lead.is_spam else ""


def _occurrence(
    upload: ConversionUpload, lead: Lead, mapping: ConversionMapping, facts: Facts, event: Event
) -> Occurrence:
    minor, currency = mapping.value_minor, mapping.currency
    if mapping.value_rule == "lead" and lead.value_minor is not None:
        minor, currency = lead.value_minor, lead.currency
    return Occurrence(
        transaction_id=upload.transaction_id,
        at=event.at,
        value=to_major(minor, currency),
        currency=currency,
        ad_user_data=facts.ad_user_data,
        ad_personalization=facts.ad_personalization,
    )


def _destination(target: _Target) -> Destination:
    account = target.account
    return Destination(account.login_customer_id, account.conversion_customer_id, target.action.google_id)


def _story(lead: Lead, target: _Target, event: Event) -> dict[str, Any]:
    """What the receipt says about the plan: the rule in words, and previews of what is sent only as a hash."""
    return {
        "stage": event.data["to"],
        "action": target.action.name,
        "account": target.account.name,
        "email_preview": mask_email(lead.email),
        "phone_preview": mask_phone(lead.phone_e164),
    }
