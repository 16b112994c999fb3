"""Reads what advertising cost and which campaign, ad group and keyword a click belongs to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from google.oauth2.credentials import Credentials

from app.core.config import Settings
from app.integrations.google.google_ads_client import AdsClient
from app.integrations.google.google_ads_errors import enum_name

_COSTS = (
    "SELECT campaign.id, campaign.name, campaign.advertising_channel_type, segments.date,"
    " metrics.impressions, metrics.clicks, metrics.cost_micros FROM campaign"
    " WHERE segments.date BETWEEN '{first}' AND '{last}'"
)
_CLICKS = (
    "SELECT click_view.gclid, click_view.keyword_info.text, click_view.keyword_info.match_type, campaign.id,"
    " campaign.name, ad_group.id, ad_group.name, segments.date, segments.device, segments.ad_network_type"
    " FROM click_view WHERE segments.date = '{day}'"
)


@dataclass(frozen=True)
class DailyCost:
    """One campaign on one day; the cost in millionths of the account's currency, as Google counts."""

    day: date
    campaign_id: str
    campaign_name: str
    channel_type: str
    cost_micros: int
    clicks: int
    impressions: int


@dataclass(frozen=True)
class Click:
    """One click on an ad. `match_type`, `network` and `device` are Google's words, such as EXACT, SEARCH, MOBILE."""

    gclid: str
    day: date
    campaign_id: str
    campaign_name: str
    ad_group_id: str
    ad_group_name: str
    keyword: str
    match_type: str
    network: str
    device: str


class AdsReports:
    """Reads for one ad account. Each method is one operation of the day's quota. Raises as AdsClient does."""

    def __init__(
        self, settings: Settings, credentials: Credentials, *, customer_id: str, login_customer_id: str
    ) -> None:
        self._ads = AdsClient(settings, credentials)
        self._customer_id, self._login = customer_id, login_customer_id

    def costs(self, first: date, last: date) -> Iterator[DailyCost]:
        """Each campaign that ran, on each of the days."""
        for row in self._rows(_COSTS.format(first=first.isoformat(), last=last.isoformat())):
            yield DailyCost(
                day=date.fromisoformat(row.segments.date),
                campaign_id=str(row.campaign.id),
                campaign_name=row.campaign.name,
                channel_type=enum_name(row.campaign, "advertising_channel_type"),
                cost_micros=row.metrics.cost_micros,
                clicks=row.metrics.clicks,
                impressions=row.metrics.impressions,
            )

    def clicks(self, day: date) -> Iterator[Click]:
        """Every click of one day, which Google tells for 90 days."""
        for row in self._rows(_CLICKS.format(day=day.isoformat())):
            yield Click(
                gclid=row.click_view.gclid,
                day=date.fromisoformat(row.segments.date),
                campaign_id=str(row.campaign.id),
                campaign_name=row.campaign.name,
                ad_group_id=str(row.ad_group.id),
                ad_group_name=row.ad_group.name,
                keyword=row.click_view.keyword_info.text,
                match_type=enum_name(row.click_view.keyword_info, "match_type"),
                network=enum_name(row.segments, "ad_network_type"),
                device=enum_name(row.segments, "device"),
            )

    def _rows(self, query: str) -> list[Any]:
        return self._ads.search(query, self._customer_id, login=self._login)
