"""What the rules need to know of leads and of the company's mappings, read for many leads at once."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.attribution.models import Touchpoint
from app.capture.models import Consent
from app.companies.models import Company
from app.connections.models import AdAccount, ConversionAction
from app.conversions.eligibility import Facts, Terms, Touch
from app.conversions.models import ConversionMapping
from app.core.tenancy import company_of
from app.leads.models import Lead, Stage


@dataclass(frozen=True)
class Target:
    """A mapping with its stage and the place at Google that it points to."""

    mapping: ConversionMapping
    action: ConversionAction
    account: AdAccount
    stage: Stage

    @property
    def terms(self) -> Terms:
        return Terms(
            counting_type=self.action.counting_type,
            window_days=self.action.click_window_days,
            needs_consent=self.mapping.needs_consent,
            channels=self.mapping.channels,
        )


def targets(session: Session, *conditions: ColumnElement[bool], stopped: bool = False) -> list[Target]:
    """The mappings that meet the conditions, in the order of the stages. `stopped`: those too that report no more."""
    if not stopped:
        conditions = (ConversionMapping.is_active.is_(True), *conditions)
    rows = session.execute(
        select(ConversionMapping, ConversionAction, AdAccount, Stage)
        .join(ConversionAction, ConversionAction.id == ConversionMapping.conversion_action_id)
        .join(AdAccount, AdAccount.id == ConversionAction.ad_account_id)
        .join(Stage, Stage.id == ConversionMapping.stage_id)
        .where(*conditions)
        .order_by(Stage.position, ConversionMapping.id)
    )
    return [Target(*row) for row in rows]


def of_leads(session: Session, leads: Sequence[Lead]) -> dict[uuid.UUID, Facts]:
    """The facts of each lead, in three statements for all of them."""
    ids = [lead.id for lead in leads]
    region = session.scalar(select(Company.region).where(Company.id == company_of(session))) or ""
    consents, touches = _consents(session, ids), _touches(session, ids)
    return {
        lead.id: Facts(
            is_excluded=_exclusion(lead),
            region=region,
            ad_user_data=consents.get(lead.id, _UNKNOWN)[0],
            ad_personalization=consents.get(lead.id, _UNKNOWN)[1],
            touches=touches[lead.id],
            email=lead.email,
            phone_e164=lead.phone_e164,
            channel=lead.channel,
        )
        for lead in leads
    }


_UNKNOWN = ("unknown", "unknown")


def _exclusion(lead: Lead) -> str:
    if lead.restricted_at is not None:
        return "RESTRICTED"
    return "TEST_LEAD" if lead.is_test or lead.is_demo else "SPAM_LEAD" if lead.is_spam else ""


def _consents(session: Session, lead_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str]]:
    """The last choice of each."""
    rows = session.execute(
        select(Consent.lead_id, Consent.ad_user_data, Consent.ad_personalization)
        .where(Consent.lead_id.in_(lead_ids))
        .order_by(Consent.id)
    )
    return {row.lead_id: (row.ad_user_data, row.ad_personalization) for row in rows}


def _touches(session: Session, lead_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Touch]]:
    rows = session.execute(
        select(Touchpoint.lead_id, Touchpoint.occurred_at, Touchpoint.click_ids)
        .where(Touchpoint.lead_id.in_(lead_ids), func.jsonb_typeof(Touchpoint.click_ids) == "object")
        .order_by(Touchpoint.occurred_at)
    )
    touches: dict[uuid.UUID, list[Touch]] = defaultdict(list)
    for row in rows:
        touches[row.lead_id].append(Touch(row.occurred_at, row.click_ids))
    return touches
