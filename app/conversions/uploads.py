"""Planning: a lead that reaches a mapped stage gets an upload, in the same transaction as the move.

Also what becomes of open uploads when a connection breaks, is renewed or is deleted.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from app.connections.models import Connection, ConversionAction
from app.conversions import facts, outbox, pausing
from app.conversions.eligibility import Facts, Refusal, choose_click, decide, window
from app.conversions.facts import Target
from app.conversions.models import ConversionMapping, ConversionUpload
from app.conversions.payload import Destination, Occurrence, build
from app.conversions.values import ValueRule, worth
from app.core.clock import utc_now
from app.core.events import Event
from app.core.ids import new_id
from app.core.money import to_major
from app.core.queue import ring_after_commit
from app.integrations.google.user_data import mask_email, mask_phone
from app.leads.models import Lead

JOB = "app.conversions.jobs.send_due"


def plan_for_event(session: Session, event: Event) -> None:
    """Plan an upload for each active mapping of the stage that the lead has reached, unless Google was told already."""
    found = facts.targets(session, ConversionMapping.stage_id == uuid.UUID(event.data["to_stage_id"]))
    if not found or event.lead_id is None:
        return
    lead = session.scalars(select(Lead).where(Lead.id == event.lead_id)).one()
    plan(session, lead, found, event.at)


def plan(session: Session, lead: Lead, found: list[Target], at: datetime) -> int:
    """Plan what is not planned yet; how many. `at`: when the lead reached the stage."""
    known = facts.of_leads(session, [lead])[lead.id]
    wanted = [target for target in found if not is_planned(session, lead.id, target)]
    for target in wanted:
        upload = ConversionUpload(
            id=new_id(),
            lead_id=lead.id,
            mapping_id=target.mapping.id,
            connection_id=target.account.connection_id,
            transaction_id=new_id().hex,
            occurred_at=at,
            payload={},
        )
        fill(upload, lead, target, known)
        session.add(upload)
        session.flush()
        tell_plan(session, upload, lead, target)
    ring_after_commit(session, "conversions", JOB)
    return len(wanted)


def is_planned(session: Session, lead_id: uuid.UUID, target: Target) -> bool:
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


def fill(upload: ConversionUpload, lead: Lead, target: Target, known: Facts, *, keep_value: bool = False) -> None:
    """Decide whether it may be sent, and freeze what is sent. `keep_value`: at the value that it has already."""
    now = utc_now()
    decision = decide(known, target.terms, now)
    click = choose_click(known.touches, target.terms, now)
    upload.deadline_at = click.at + window(target.terms) if click else None
    if not keep_value:
        upload.value_minor, upload.currency = value_of(lead, target.mapping)
    if isinstance(decision, Refusal):
        upload.state, upload.reason, upload.settled_at = "skipped", decision.reason, now
        return
    upload.state, upload.reason, upload.settled_at, upload.due_at = "pending", "", None, now
    upload.payload = build(destination_of(target), occurrence_of(upload, known), decision)


def value_of(lead: Lead, mapping: ConversionMapping) -> tuple[int, str]:
    """(minor units, currency) by the mapping's rule."""
    rule = ValueRule(mapping.value_rule, mapping.value_minor, mapping.currency, mapping.percent)
    return worth(rule, lead.value_minor, lead.currency)


def occurrence_of(upload: ConversionUpload, known: Facts) -> Occurrence:
    return Occurrence(
        transaction_id=upload.transaction_id,
        at=upload.occurred_at,
        value=to_major(upload.value_minor, upload.currency),
        currency=upload.currency,
        ad_user_data=known.ad_user_data,
        ad_personalization=known.ad_personalization,
    )


def destination_of(target: Target) -> Destination:
    account = target.account
    return Destination(account.login_customer_id, account.conversion_customer_id, target.action.google_id)


def tell_plan(session: Session, upload: ConversionUpload, lead: Lead, target: Target, **more: Any) -> None:
    """What the receipt says about the plan: the rule in words, and previews of what is sent only as a hash."""
    outbox.add_entry(
        session,
        upload.id,
        "planned",
        stage=target.stage.name,
        action=target.action.name,
        account=target.account.name,
        email_preview=mask_email(lead.email),
        phone_preview=mask_phone(lead.phone_e164),
        **more,
    )
    if upload.state == "skipped":
        outbox.add_entry(session, upload.id, "skipped", reason=upload.reason)
    else:
        pausing.hold_if_paused(session, upload)


def hold_for_archive(session: Session, event: Event) -> None:
    """Nothing is sent by an import: what was on its way waits for a sign-in of its connection, and says so."""
    outbox.move_open(
        session,
        None,
        ConversionUpload.reason.not_in((outbox.PAUSED, "NEEDS_RECONNECT")),
        from_states=("held",),
        state="held",
        reason="NEEDS_RECONNECT",
    )


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
    """The sign-in works again: what was held for it is sent on in the order in which it happened, unless a member
    paused the sending. The connection keeps a note of how many that were, and how many had run out meanwhile."""
    connection_id = uuid.UUID(event.data["connection_id"])
    held = (
        ConversionUpload.connection_id == connection_id,
        ConversionUpload.state == "held",
        ConversionUpload.reason == "NEEDS_RECONNECT",
    )
    expired = session.scalar(select(func.count()).where(*held, ConversionUpload.deadline_at < utc_now()))
    is_paused = pausing.current(session) is not None
    released = outbox.move_open(
        session,
        connection_id,
        ConversionUpload.reason == "NEEDS_RECONNECT",
        from_states=("held",),
        state="held" if is_paused else "pending",
        reason=outbox.PAUSED if is_paused else "",
        due_at=func.least(func.now(), ConversionUpload.occurred_at),
    )
    session.execute(
        update(Connection)
        .where(Connection.id == connection_id)
        .values(reconciliation={"at": utc_now().isoformat(), "released": released, "expired": expired or 0})
        .execution_options(synchronize_session=False)
    )
    outbox.ask_now(session, connection_id)
    ring_after_commit(session, "conversions", JOB)
