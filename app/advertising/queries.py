"""What the page of costs reads."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, func, select, tuple_
from sqlalchemy.orm import Session

from app.advertising.models import AdCampaign, AdCost, CostFile
from app.connections.models import AdAccount
from app.core.pagination import PAGE_SIZE, Position


class CampaignCost(NamedTuple):
    customer_id: str
    campaign_id: str
    name: str
    currency: str
    source: str
    cost_minor: int
    clicks: int
    impressions: int


class DayCost(NamedTuple):
    day: date
    currency: str
    source: str
    cost_minor: int
    clicks: int
    impressions: int


_SUMS = (func.sum(AdCost.cost_minor), func.sum(AdCost.clicks), func.sum(AdCost.impressions))
_NAMED = and_(AdCampaign.customer_id == AdCost.customer_id, AdCampaign.campaign_id == AdCost.campaign_id)


def by_campaign(session: Session, first: date, last: date) -> list[CampaignCost]:
    """What each campaign cost in the span, the dearest first."""
    key = (AdCost.customer_id, AdCost.campaign_id, AdCampaign.name, AdCost.currency, AdCost.source)
    rows = session.execute(
        select(*key, *_SUMS)
        .outerjoin(AdCampaign, _NAMED)
        .where(AdCost.day.between(first, last))
        .group_by(*key)
        .order_by(func.sum(AdCost.cost_minor).desc())
    )
    return [CampaignCost(row[0], row[1], row[2] or row[1], row[3], row[4], *map(int, row[5:])) for row in rows]


def by_day(session: Session, first: date, last: date, campaign: tuple[str, str] | None) -> list[DayCost]:
    """What each day cost, the latest first; of one campaign, named by account and id, if one is given."""
    key = (AdCost.day, AdCost.currency, AdCost.source)
    query = select(*key, *_SUMS).where(AdCost.day.between(first, last))
    if campaign:
        query = query.where(AdCost.customer_id == campaign[0], AdCost.campaign_id == campaign[1])
    rows = session.execute(query.group_by(*key).order_by(AdCost.day.desc(), AdCost.currency, AdCost.source))
    return [DayCost(row[0], row[1], row[2], *map(int, row[3:])) for row in rows]


def files(session: Session, after: Position | None) -> tuple[Sequence[CostFile], Position | None]:
    """A page of files, the newest first, and where the next one starts."""
    query = select(CostFile).order_by(CostFile.uploaded_at.desc(), CostFile.id.desc()).limit(PAGE_SIZE + 1)
    if after:
        query = query.where(tuple_(CostFile.uploaded_at, CostFile.id) < (after.at, after.id))
    rows = session.scalars(query).all()
    page = rows[:PAGE_SIZE]
    return page, Position(page[-1].uploaded_at, page[-1].id) if len(rows) > PAGE_SIZE else None


def accounts(session: Session) -> list[tuple[str, str]]:
    """(number, name) of the ad accounts that Leader knows of, to be proposed."""
    rows = session.execute(select(AdAccount.customer_id, AdAccount.name).order_by(AdAccount.name).distinct().limit(50))
    return [(row.customer_id, row.name) for row in rows]
