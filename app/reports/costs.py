"""What advertising cost in a period, and what it brought for that.

Costs come from the Google ad account day by day, in its own zone and currency. They are compared with the leads that
carried the id of a click on a Google ad; amounts in another currency than the company's are shown, and never divided.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.advertising.models import AdCampaign, AdCost
from app.attribution.channels import GOOGLE_CLICK_IDS
from app.attribution.credit import WHOLE
from app.core.money import format_money
from app.reports.periods import Period
from app.reports.queries import Totals


@dataclass(frozen=True)
class Spent:
    """Costs in minor units by currency."""

    money: Mapping[str, int]

    def __add__(self, other: "Spent") -> "Spent":
        currencies = {*self.money, *other.money}
        return Spent({code: self.money.get(code, 0) + other.money.get(code, 0) for code in currencies})

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


def clicked(click_ids: Mapping[str, Totals]) -> Totals:
    """The leads that came through a click on a Google ad, by what they carried: these are what the costs bought."""
    together = Totals()
    for name in GOOGLE_CLICK_IDS:
        together.merge(click_ids.get(name, Totals()))
    return together
