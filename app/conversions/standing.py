"""May an upload still go to Google as it was planned? Asked again at the last moment: the lead may have changed."""

import uuid

from sqlalchemy import ColumnExpressionArgument, ScalarSelect, select
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
    """The reason why it must not be sent any more, or nothing.

    Spam and a stage that was left stop the first version only: a later one tells Google just that.
    """
    mapped, now = aliased(Stage), aliased(Stage)
    lead = session.execute(
        select(Lead.restricted_at, last_choice(Lead.id), Lead.is_spam, mapped, now)
        .join(now, now.id == Lead.stage_id)
        .join(ConversionMapping, ConversionMapping.id == upload.mapping_id)
        .join(mapped, mapped.id == ConversionMapping.stage_id)
        .where(Lead.id == upload.lead_id)
    ).one()
    restricted_at, choice, is_spam, reported, present = lead
    if restricted_at is not None:
        return "RESTRICTED"
    if choice == "denied":
        return "DENIED_CONSENT"
    if _is_superseded(session, upload):
        return "SUPERSEDED"
    if upload.version > 1:
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


def _is_superseded(session: Session, upload: ConversionUpload) -> bool:
    """True when a newer version is there: sending this one could undo it."""
    newer = select(ConversionUpload.id).where(
        ConversionUpload.transaction_id == upload.transaction_id, ConversionUpload.version > upload.version
    )
    return session.scalar(newer.limit(1)) is not None
