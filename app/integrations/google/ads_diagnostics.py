"""Reads what Google itself says of the uploads to an ad account: its summary of the last days, and its alerts."""

from dataclasses import dataclass
from typing import Any

from google.oauth2.credentials import Credentials

from app.core.config import Settings
from app.integrations.google.google_ads_client import AdsClient
from app.integrations.google.google_ads_errors import enum_name

_S = "offline_conversion_upload_client_summary"
_QUERY = (
    f"SELECT {_S}.client, {_S}.status, {_S}.total_event_count, {_S}.successful_event_count, {_S}.pending_event_count,"  # noqa: S608 - no database
    f" {_S}.last_upload_date_time, {_S}.daily_summaries, {_S}.alerts FROM {_S}"
)


@dataclass(frozen=True)
class Day:
    """The uploads of one day, in the account's zone."""

    day: str
    successful: int
    failed: int
    pending: int


@dataclass(frozen=True)
class Alert:
    """An error by Google's name, and the share of uploads that had it."""

    reason: str
    share: float


@dataclass(frozen=True)
class Summary:
    """`client`: by which way the uploads came, in Google's word. `last_upload_at`: in the account's zone."""

    client: str
    status: str
    total: int
    successful: int
    pending: int
    last_upload_at: str
    days: list[Day]
    alerts: list[Alert]


def summaries(settings: Settings, credentials: Credentials, *, customer_id: str, login: str) -> list[Summary]:
    """One for each way of uploading. `customer_id` owns the conversion actions. Raises as AdsClient does."""
    rows = AdsClient(settings, credentials).search(_QUERY, customer_id, login=login)
    return [_summary(getattr(row, _S)) for row in rows]


def _summary(told: Any) -> Summary:
    return Summary(
        client=enum_name(told, "client"),
        status=enum_name(told, "status"),
        total=told.total_event_count,
        successful=told.successful_event_count,
        pending=told.pending_event_count,
        last_upload_at=told.last_upload_date_time,
        days=[
            Day(day.upload_date, day.successful_count, day.failed_count, day.pending_count)
            for day in told.daily_summaries
        ],
        alerts=[Alert(_reason(alert.error), alert.error_percentage) for alert in told.alerts],
    )


def _reason(error: Any) -> str:
    family = error.WhichOneof("error_code")
    return enum_name(error, family) if family else "UNKNOWN"
