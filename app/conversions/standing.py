"""May an upload still go to Google as it was planned? Asked again at the last moment: the lead may have changed."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ARRAY, ColumnExpressionArgument, ScalarSelect, Uuid, any_, cast, select
from sqlalchemy.orm import Session, aliased

from app.capture.models import Consent
from app.conversions import facts
from app.conversions.adjusting import has_left
from app.conversions.eligibility import Refusal, decide
from app.conversions.models import ConversionMapping, ConversionUpload
from app.core.clock import utc_now
from app.leads.models import Lead, Stage

_TRIABLE = ("pending", "waiting", "held", "rejected", "parked")


def refusal(session: Session, upload: ConversionUpload) -> str:
    """The reason why it must not be sent any more, or nothing."""
    return refusals(session, [upload.id]).get(upload.id, "")


def refusals(session: Session, upload_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The reason of each that must not be sent any more, in two statements for all of them.

    Spam and a stage that was left stop the first version only: a later one tells Google just that.
    """
    newer = aliased(ConversionUpload)
    is_superseded = (
        select(newer.id)
        .where(newer.transaction_id == ConversionUpload.transaction_id, newer.version > ConversionUpload.version)
        .exists()
    )
    rows = session.execute(
        select(
            ConversionUpload.id,
            ConversionUpload.version,
            Lead.restricted_at,
            last_choice(Lead.id),
            Lead.is_spam,
            is_superseded,
            ConversionMapping.stage_id,
            Lead.stage_id,
        )
        .join(Lead, Lead.id == ConversionUpload.lead_id)
        .join(ConversionMapping, ConversionMapping.id == ConversionUpload.mapping_id)
        .where(ConversionUpload.id == any_(cast(list(upload_ids), ARRAY(Uuid))))
    )
    stages = {stage.id: stage for stage in session.scalars(select(Stage))}
    found = {row[0]: _reason(*row[1:6], stages[row[6]], stages[row[7]]) for row in rows}
    return {upload_id: reason for upload_id, reason in found.items() if reason}


def _reason(
    version: int,
    restricted_at: datetime | None,
    choice: str | None,
    is_spam: bool,
    is_superseded: bool,
    reported: Stage,
    present: Stage,
) -> str:
    if restricted_at is not None:
        return "RESTRICTED"
    if choice == "denied":
        return "DENIED_CONSENT"
    if is_superseded:
        return "SUPERSEDED"
    if version > 1:
        return ""
    return "SPAM_LEAD" if is_spam else "STAGE_REOPENED" if has_left(reported, present) else ""


def may_try_out(session: Session, upload: ConversionUpload) -> bool:
    """True when it may be shown to Google without being sent: nothing goes there that a sending would not take."""
    if not upload.payload or upload.state not in _TRIABLE or refusal(session, upload):
        return False
    lead = session.scalars(select(Lead).where(Lead.id == upload.lead_id)).one()
    (target,) = facts.targets(session, ConversionMapping.id == upload.mapping_id, stopped=True)
    return not isinstance(decide(facts.of_leads(session, [lead])[lead.id], target.terms, utc_now()), Refusal)


def last_choice(lead_id: ColumnExpressionArgument[uuid.UUID]) -> ScalarSelect[str]:
    """The newest record of what the lead allows."""
    return (
        select(Consent.ad_user_data)
        .where(Consent.lead_id == lead_id)
        .order_by(Consent.id.desc())
        .limit(1)
        .scalar_subquery()
    )
