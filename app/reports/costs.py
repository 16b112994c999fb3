"""What advertising cost in a period, and what it brought for that.

Costs come from the ad account day by day, in its own zone and currency. What they are compared with are the leads that
the paid channels earned credit for; amounts in another currency than the company's are shown, and never divided.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.advertising.models import AdCampaign, AdCost
from app.attribution.credit import WHOLE
from app.core.money import format_money
from app.reports.periods import Period
from app.reports.queries import Totals

PAID = frozenset(
    {"Paid Search", "Paid Shopping", "Paid Social", "Paid Video", "Paid Other", "Display", "Cross-network"}
)


@dataclass(frozen=True)
class Spent:
    """Costs in minor units by currency."""

    money: Mapping[str, int]

    def per_lead(self, leads: int, currency: str) -> str:
        """The cost of one lead, of `leads` millionths of them; empty where it cannot be said."""
        cost = self.money.get(currency, 0)
        if not cost or not leads:
            return ""
        return format_money(round(cost * WHOLE / leads), currency)

    def returned(self, value_minor: int, currency: str) -> str:
        """What came back for each unit spent, such as "4.2"; empty where it cannot be said."""
        cost = self.money.get(currency, 0)
        return f"{value_minor / cost:.1f}" if cost else ""


def spent(session: Session, period: Period) -> Spent:
    """All costs of the period."""
    statement = (
        select(AdCost.currency, func.sum(AdCost.cost_minor))
        .where(AdCost.day.between(period.first, period.last))
        .group_by(AdCost.currency)
    )
    return Spent({currency: int(cost) for currency, cost in session.execute(statement)})


def by_campaign(session: Session, period: Period) -> Mapping[str, Spent]:
    """The costs of each campaign, by its name."""
    statement = (
        select(AdCampaign.name, AdCost.currency, func.sum(AdCost.cost_minor))
        .join(
            AdCampaign,
            (AdCampaign.customer_id == AdCost.customer_id) & (AdCampaign.campaign_id == AdCost.campaign_id),
        )
        .where(AdCost.day.between(period.first, period.last))
        .group_by(AdCampaign.name, AdCost.currency)
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for name, currency, cost in session.execute(statement):
        found[name][currency] = int(cost)
    return {name: Spent(money) for name, money in found.items()}


def paid(channels: Mapping[str, Totals]) -> Totals:
    """What the paid channels brought together."""
    together = Totals()
    for channel, totals in channels.items():
        if channel in PAID:
            together.merge(totals)
    return together
