"""What is due across companies, and many rows written at once."""

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.core.tenancy import company_of

_CLAIM = text("SELECT company_id, reading_id, claim FROM claim_ad_readings(:most, :lease)")
_FOLLOW = text("SELECT company_id, ad_account_id FROM claim_ad_accounts_to_follow(:most, :pause)")
_CAMPAIGN = text("""
    INSERT INTO ad_campaigns (company_id, id, customer_id, campaign_id, name, channel_type, updated_at)
    VALUES (:company_id, :id, :customer_id, :campaign_id, :name, :channel_type, now())
    ON CONFLICT (company_id, customer_id, campaign_id) DO UPDATE
       SET name = excluded.name, updated_at = excluded.updated_at,
           channel_type = coalesce(nullif(excluded.channel_type, ''), ad_campaigns.channel_type)
     WHERE (ad_campaigns.name, ad_campaigns.channel_type) <> (excluded.name, excluded.channel_type)
""")
_COST = text("""
    INSERT INTO ad_costs (company_id, id, day, customer_id, campaign_id, cost_minor, currency, clicks, impressions,
                          source, updated_at)
    VALUES (:company_id, :id, :day, :customer_id, :campaign_id, :cost_minor, :currency, :clicks, :impressions,
            :source, now())
    ON CONFLICT (company_id, day, customer_id, campaign_id) DO UPDATE
       SET cost_minor = excluded.cost_minor, currency = excluded.currency, clicks = excluded.clicks,
           impressions = excluded.impressions, source = excluded.source, updated_at = excluded.updated_at
""")
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
_FORGET = text("""
    DELETE FROM ad_costs
     WHERE company_id = :company_id AND customer_id = :customer_id AND day BETWEEN :first AND :last AND source = 'file'
""")
_CLICK = text("""
    INSERT INTO ad_clicks (company_id, id, lead_id, gclid, day, customer_id, campaign_id, campaign_name, ad_group_id,
                           ad_group_name, keyword, match_type, network, device, read_at)
    VALUES (:company_id, :id, :lead_id, :gclid, :day, :customer_id, :campaign_id, :campaign_name, :ad_group_id,
            :ad_group_name, :keyword, :match_type, :network, :device, now())
    ON CONFLICT (company_id, lead_id, gclid) DO NOTHING
""")


@dataclass(frozen=True)
class Claimed:
    """A reading that this worker holds until the lease ends. `claim` is its fence."""

    company_id: uuid.UUID
    reading_id: uuid.UUID
    claim: int


@dataclass(frozen=True)
class CostRow:
    """A campaign's day, ready to be kept."""

    day: Any
    customer_id: str
    campaign_id: str
    cost_minor: int
    currency: str
    clicks: int
    impressions: int
    source: str


def claim(session: Session, *, most: int, lease: timedelta) -> list[Claimed]:
    """Claim due readings of any company. Commit before acting on them."""
    return [Claimed(*row) for row in session.execute(_CLAIM, {"most": most, "lease": lease})]


def claim_accounts_to_follow(session: Session, *, most: int, pause: timedelta) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """(company id, ad account id) of chosen accounts that nobody looked after for `pause`. Commit before acting."""
    rows = session.execute(_FOLLOW, {"most": most, "pause": pause})
    return [(row.company_id, row.ad_account_id) for row in rows]


def keep_campaigns(session: Session, campaigns: Iterable[dict[str, str]]) -> None:
    """Each with customer_id, campaign_id, name and channel_type; the newest name wins."""
    _write(session, _CAMPAIGN, campaigns)


def keep_costs(session: Session, costs: Iterable[CostRow]) -> None:
    """The last that was told of a day wins."""
    _write(session, _COST, (asdict(cost) for cost in costs))


def lock_costs(session: Session, customer_id: str) -> None:
    """One writer of an account's costs after the other, until the transaction ends."""
    session.execute(_LOCK, {"key": f"ad_costs {company_of(session)} {customer_id}"})


def forget_file_costs(session: Session, customer_id: str, first: date, last: date) -> None:
    """Delete what files told of the span."""
    where = {"company_id": company_of(session), "customer_id": customer_id, "first": first, "last": last}
    session.execute(_FORGET, where)


def keep_clicks(session: Session, clicks: Iterable[dict[str, Any]]) -> None:
    """Each with the columns of a click; one that is known stays as it is."""
    _write(session, _CLICK, clicks)


def _write(session: Session, statement: TextClause, rows: Iterable[dict[str, Any]]) -> None:
    stamped = [{"company_id": company_of(session), "id": new_id(), **row} for row in rows]
    if stamped:
        session.execute(statement, stamped)
