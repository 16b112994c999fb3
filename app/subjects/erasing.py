"""Erasing a lead: all that says who it was goes, in one transaction; what stays says only that somebody was there.

1. Conversions that wait are cancelled by going; those that may have reached Google cannot be called back, and the
   record of the erasure says which.
2. The totals keep counting the lead, without anything that leads back to it.
3. A tombstone keeps a repeated sending from bringing it back.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.capture import tombstones
from app.conversions.models import ConversionUpload, ReceiptEntry
from app.core import events
from app.core.errors import InvalidInputError
from app.core.events import Actor
from app.core.marks import Marker
from app.core.words import gettext as _
from app.imports import forgetting
from app.leads.locking import lock
from app.leads.models import Lead
from app.mailing import gates as mail_gates
from app.privacy import ledger
from app.subjects import gates, totals
from app.subjects.models import REASONS, Erasure

Eraser = Callable[[Session, uuid.UUID], None]
"""What a feature does before a lead's rows go: removes what it keeps elsewhere, or leaves nameless figures behind."""

_erasers: Sequence[Eraser] = ()


def install(erasers: Sequence[Eraser]) -> None:
    """Name who has something to do. Called once, by the factory."""
    global _erasers
    _erasers = erasers


@dataclass(frozen=True)
class Loss:
    """What erasing a lead would take, and what it cannot undo."""

    rows: Mapping[str, int]
    waiting: int
    """Conversions that would be cancelled."""
    recipients: Sequence[Mapping[str, str]]
    """Who was told already."""


def loss(session: Session, lead_id: uuid.UUID) -> Loss:
    """What the page says before anybody confirms."""
    uploads = _uploads(session, lead_id)
    waiting = [upload for upload in uploads if upload.state in ("pending", "waiting", "held")]
    return Loss(gates.counts_of(session, lead_id), len(waiting), recipients(session, lead_id))


def recipients(session: Session, lead_id: uuid.UUID) -> list[dict[str, str]]:
    """Each conversion that Google has or may have: where it went, as what, and when."""
    told = [upload for upload in _uploads(session, lead_id) if upload.sent_at or upload.unclear > 0]
    plans = _plans(session, [upload.id for upload in told])
    return [
        {
            "to": _("Google Ads"),
            "account": str(plans.get(upload.id, {}).get("account", "")),
            "as": str(plans.get(upload.id, {}).get("action", "")),
            "at": (upload.sent_at or upload.created_at).isoformat(),
            "transaction_id": upload.transaction_id,
        }
        for upload in told
    ]


def erase(session: Session, lead_id: uuid.UUID, *, reason: str, actor: Actor, marker: Marker) -> Erasure:
    """Erase the lead for good. Raises NotFoundError, and InvalidInputError for a reason that is none."""
    if reason not in REASONS:
        raise InvalidInputError(_("Choose why the lead is erased."), fields={"reason": _("Choose one.")})
    lead = lock(session, lead_id, frozen_too=True)
    erasure = _record(session, lead, reason, actor)
    totals.leave(session, [lead])
    prepare(session, lead_id)
    is_the_person = reason == "asked"
    known_by = (lead.email, lead.phone_e164) if is_the_person else ("", "")
    marks = ledger.marks(marker, lead.company_id, *known_by)
    ledger.note(session, "lead", lead_id, marks)
    if is_the_person:
        forgetting.forget(session, email=lead.email, phone_e164=lead.phone_e164)
    session.expunge(lead)
    gates.delete_lead(session, lead_id)
    tombstones.entomb(session, lead_id, marker)
    mail_gates.forget_unsent(session, lead_id)
    events.record(session, "lead.erased", actor=actor, erasure_id=str(erasure.id))
    return erasure


def prepare(session: Session, lead_id: uuid.UUID) -> None:
    """What every feature does before the lead's rows go, whatever they go for."""
    for act in _erasers:
        act(session, lead_id)


def _record(session: Session, lead: Lead, reason: str, actor: Actor) -> Erasure:
    erasure = Erasure(
        lead_id=lead.id,
        reason=reason,
        rows=gates.counts_of(session, lead.id),
        recipients=recipients(session, lead.id),
        erased_by=actor.id,
        erased_by_name=actor.name,
    )
    session.add(erasure)
    session.flush()
    return erasure


def _uploads(session: Session, lead_id: uuid.UUID) -> Sequence[ConversionUpload]:
    statement = select(ConversionUpload).where(ConversionUpload.lead_id == lead_id).order_by(ConversionUpload.id)
    return session.scalars(statement).all()


def _plans(session: Session, upload_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Mapping[str, Any]]:
    statement = select(ReceiptEntry.upload_id, ReceiptEntry.data).where(
        ReceiptEntry.upload_id.in_(upload_ids), ReceiptEntry.kind == "planned"
    )
    return {row.upload_id: row.data for row in session.execute(statement)}
