"""Changes of mind: what becomes of a conversion when its lead changes afterwards.

1. What Google does not have yet is planned anew, or not sent at all.
2. What Google has, or may have, gets a new version with the same transaction id: Google takes it as a change of the
   value. From then on no older version is sent: one that waits is set aside, and the new one waits until the lease of
   a worker that may still be sending is over.
3. Google's Data Manager documents no way to take a conversion back. A sale that was none is restated to a value of 0,
   and the receipt says that the count stays.
4. Nothing more is sent about a person who withdrew consent; what Google has stays there, and the receipt says so.
5. What was not sent for a reason that has gone is planned again.
"""

import copy
import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conversions import facts, outbox, pausing, uploads
from app.conversions.facts import Target
from app.conversions.models import ConversionMapping, ConversionUpload
from app.core.clock import utc_now
from app.core.events import Event
from app.core.ids import new_id
from app.core.money import to_major
from app.core.queue import ring_after_commit
from app.leads.models import Lead, Stage

REPLANNED = frozenset(
    {
        "NO_IDENTIFIERS",
        "UNKNOWN_CONSENT",
        "DENIED_CONSENT",
        "SPAM_LEAD",
        "STAGE_REOPENED",
        "SOURCE_NOT_CHOSEN",
        "RESTRICTED",
    }
    | {"INVALID_GCLID", "INVALID_GBRAID", "INVALID_WBRAID"}
)
"""Reasons that may have gone: then a conversion that was not sent is planned again."""
_TAKEN_BACK = ("STAGE_REOPENED", "SPAM_LEAD")


@dataclass(frozen=True)
class _Current:
    """The newest version of what was planned for one mapping."""

    upload: ConversionUpload
    target: Target


def review_for_event(session: Session, event: Event) -> None:
    """Bring every conversion of the lead into line with what is known of it now."""
    if event.lead_id is not None:
        review(session, event.lead_id)


def review(session: Session, lead_id: uuid.UUID) -> None:
    lead = session.scalars(select(Lead).where(Lead.id == lead_id)).one_or_none()
    if lead is None:
        return
    newest = _newest(session, lead_id)
    stages = {stage.id: stage for stage in session.scalars(select(Stage))} if newest else {}
    is_denied = bool(newest) and facts.of_leads(session, [lead])[lead_id].ad_user_data == "denied"
    for current in newest:
        upload, stage = current.upload, stages[lead.stage_id]
        if upload.state == "skipped":
            _plan_again(session, lead, current, is_reached=not has_left(current.target.stage, stage))
        elif is_denied:
            continue  # not even a change may be sent: the receipt says since the withdrawal what stays
        elif lead.is_spam:
            _take_back(session, current, "SPAM_LEAD")
        elif has_left(current.target.stage, stage) or _stays_back(current):
            _take_back(session, current, "STAGE_REOPENED")
        elif outbox.is_untold(upload):
            _plan_anew(session, lead, current)
        else:
            _review_value(session, lead, current)
    if newest:
        ring_after_commit(session, "conversions", uploads.JOB)


def withdraw_for_event(session: Session, event: Event) -> None:
    """The person withdrew consent: what is not sent never is, and the receipts of the rest say that it stays."""
    if event.lead_id is None:
        return
    for current in _newest(session, event.lead_id):
        upload = current.upload
        is_cancelled = upload.version == 1 and outbox.cancel(session, upload.id, "DENIED_CONSENT")
        if not is_cancelled and upload.state not in ("skipped", "rejected"):
            outbox.set_aside(session, upload.id, "DENIED_CONSENT")
            outbox.add_entry(session, upload.id, "kept", reason="CONSENT_WITHDRAWN")


def has_left(mapped: Stage, now: Stage) -> bool:
    """True when a lead that stands in `now` no longer is what `mapped` said of it: a sale that was none, or one step
    back. A lead that was lost later was qualified all the same, and so was one whose stage was archived: it was moved
    to another of the same kind without anybody deciding about it."""
    if mapped.kind == "won":
        return now.kind != "won"
    if mapped.archived_at is not None and now.kind == mapped.kind:
        return False
    return now.kind in ("new", "open") and now.position < mapped.position


def _stays_back(current: _Current) -> bool:
    """The lead had taken its step back before the stage was archived, and no lead can reach that one any more."""
    mapped = current.target.stage
    return current.upload.change == "STAGE_REOPENED" and mapped.archived_at is not None and mapped.kind != "won"


def _newest(session: Session, lead_id: uuid.UUID) -> list[_Current]:
    by_mapping = {
        upload.mapping_id: upload
        for upload in session.scalars(
            select(ConversionUpload)
            .where(ConversionUpload.lead_id == lead_id)
            .order_by(ConversionUpload.version)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    if not by_mapping:
        return []
    found = facts.targets(session, ConversionMapping.id.in_(by_mapping), stopped=True)
    return [_Current(by_mapping[target.mapping.id], target) for target in found]


def _plan_again(session: Session, lead: Lead, current: _Current, *, is_reached: bool) -> None:
    upload = current.upload
    if upload.reason not in REPLANNED or not is_reached or not current.target.mapping.is_active:
        return
    before = (upload.state, upload.reason)
    uploads.fill(upload, lead, current.target, facts.of_leads(session, [lead])[lead.id])
    if (upload.state, upload.reason) == before:
        return
    session.flush()
    uploads.tell_plan(session, upload, lead, current.target, again=True)


def _plan_anew(session: Session, lead: Lead, current: _Current) -> None:
    """Google knows nothing of it yet: when it would be told something else now, that is what it is told. A fixed value
    stays as it was planned."""
    upload, target = current.upload, current.target
    known, is_fixed = facts.of_leads(session, [lead])[lead.id], target.mapping.value_rule == "fixed"
    fresh = ConversionUpload(
        transaction_id=upload.transaction_id,
        occurred_at=upload.occurred_at,
        value_minor=upload.value_minor,
        currency=upload.currency,
        payload={},
    )
    uploads.fill(fresh, lead, target, known, keep_value=is_fixed)
    if fresh.payload.get("events") == upload.payload.get("events"):
        return
    was = (upload.state, upload.reason)
    uploads.fill(upload, lead, target, known, keep_value=is_fixed)
    if was[0] == "held" and upload.state == "pending":  # what holds it has not changed
        upload.state, upload.reason = was
    session.flush()
    uploads.tell_plan(session, upload, lead, target, again=True)


def _take_back(session: Session, current: _Current, reason: str) -> None:
    upload = current.upload
    if upload.state == "rejected" or (upload.version == 1 and outbox.cancel(session, upload.id, reason)):
        return
    if upload.change not in _TAKEN_BACK:
        _restate(session, current, 0, upload.currency, reason)


def _review_value(session: Session, lead: Lead, current: _Current) -> None:
    upload, mapping = current.upload, current.target.mapping
    is_back = upload.change in _TAKEN_BACK
    if upload.state == "rejected" or (mapping.value_rule == "fixed" and not is_back):
        return
    value, currency = uploads.value_of(lead, mapping)
    if is_back or (value, currency) != (upload.value_minor, upload.currency):
        _restate(session, current, value, currency, "STAGE_REACHED_AGAIN" if is_back else "VALUE_CHANGED")


def _restate(session: Session, current: _Current, value: int, currency: str, change: str) -> None:
    """A new version with another value. The rest of what is sent stays as it was."""
    old, now = current.upload, utc_now()
    in_flight_until = old.due_at if old.state == "sending" else now
    payload = copy.deepcopy(old.payload)
    payload["events"][0] |= {"conversionValue": float(to_major(value, currency)), "currency": currency}
    new = ConversionUpload(
        id=new_id(),
        lead_id=old.lead_id,
        mapping_id=old.mapping_id,
        connection_id=old.connection_id,
        transaction_id=old.transaction_id,
        version=old.version + 1,
        change=change,
        occurred_at=old.occurred_at,
        deadline_at=old.deadline_at,
        value_minor=value,
        currency=currency,
        payload=payload,
        due_at=max(now, in_flight_until),
    )
    outbox.set_aside(session, old.id, "SUPERSEDED")
    session.add(new)
    session.flush()
    plan = outbox.plan_of(session, old.id)
    outbox.add_entry(session, new.id, "planned", **plan, change=change, version=new.version)
    pausing.hold_if_paused(session, new)
