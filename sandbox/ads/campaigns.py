"""The campaigns of the practice accounts: what they cost each day, and the clicks that the shop's ads page made.

Costs are made from the account, campaign and day, so that they are the same at every reading; a manager has none.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sandbox.people import Account
from sandbox.store import Store

DAYS_KEPT = 90


@dataclass(frozen=True)
class Campaign:
    id: int
    name: str
    kind: str
    ad_group_id: int
    ad_group: str
    keyword: str
    daily_budget: int
    """Whole units of the account's currency."""


CAMPAIGNS = (
    Campaign(21034567890, "metal-roofs-leeds", "SEARCH", 151, "Metal roofs", "metal roof repair", 40),
    Campaign(21034567891, "emergency-leeds", "SEARCH", 152, "Emergency", "roof leak repair", 25),
    Campaign(21034567892, "survey-leeds", "PERFORMANCE_MAX", 153, "Survey", "", 15),
)


@dataclass(frozen=True)
class Day:
    campaign: Campaign
    day: date
    impressions: int
    clicks: int
    cost_micros: int


def days(account: Account, today: date) -> Iterator[Day]:
    """Every campaign on each of the last 120 days."""
    if account.is_manager:
        return
    for back in range(120):
        day = today - timedelta(days=back)
        for campaign in CAMPAIGNS:
            noise = hashlib.sha256(f"{account.id} {campaign.id} {day}".encode()).digest()
            clicks = 3 + noise[0] % 12
            cost = campaign.daily_budget * 1_000_000 * (60 + noise[1] % 40) // 100
            yield Day(campaign, day, clicks * (12 + noise[2] % 9), clicks, cost // 10_000 * 10_000)


class Clicks:
    """The clicks with a gclid. The first account pays for the ads of the demo shop."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def note(self, gclid: str, *, campaign: int = 0, account: str = "1234567890", at: float | None = None) -> None:
        """`campaign` is a number in the list; `at` seconds since 1970, now by default."""
        moment = datetime.now(UTC).timestamp() if at is None else at
        with self.store.transaction() as db:
            db.execute(
                "insert or ignore into clicks values (?, ?, ?, ?)", (gclid, account, campaign % len(CAMPAIGNS), moment)
            )

    def of(self, account: Account, today: date) -> Iterator[tuple[str, Campaign, date]]:
        """(gclid, campaign, day) of the last 90 days."""
        for row in self.store.all("select * from clicks where account = ?", account.id):
            day = datetime.fromtimestamp(row["at"], UTC).date()
            if (today - day).days <= DAYS_KEPT:
                yield row["gclid"], CAMPAIGNS[row["campaign"]], day


def fill_cost(row: Any, day: Day) -> None:
    row.campaign.id, row.campaign.name = day.campaign.id, day.campaign.name
    row.segments.date = day.day.isoformat()
    row.metrics.impressions, row.metrics.clicks, row.metrics.cost_micros = day.impressions, day.clicks, day.cost_micros


def fill_click(row: Any, account_id: str, gclid: str, campaign: Campaign, day: date) -> None:
    row.click_view.resource_name = f"customers/{account_id}/clickViews/{day}~{gclid}"
    row.click_view.gclid = gclid
    row.click_view.keyword_info.text = campaign.keyword
    row.campaign.id, row.campaign.name = campaign.id, campaign.name
    row.ad_group.id, row.ad_group.name = campaign.ad_group_id, campaign.ad_group
    row.segments.date = day.isoformat()
    row.metrics.clicks = 1
