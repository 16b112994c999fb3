"""The account summary of uploads, as Google's own diagnostics page shows it: made of what was received and judged.

What Data Manager took stands under the client of connected data. The status and the alerts are those of all of the
last days; Google takes them from the last day with uploads.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from google.ads.googleads.v26.enums.types.offline_conversion_diagnostic_status_enum import (
    OfflineConversionDiagnosticStatusEnum as Status,
)
from google.ads.googleads.v26.enums.types.offline_event_upload_client_enum import OfflineEventUploadClientEnum as Client
from google.ads.googleads.v26.errors.types.conversion_upload_error import ConversionUploadErrorEnum

from sandbox.clock import PracticeClock
from sandbox.datamanager import magic
from sandbox.store import Store

DAYS = 7
CLIENT = Client.OfflineEventUploadClient.ADS_DATA_CONNECTOR
ERRORS = {
    "TOO_RECENT_CLICK": "TOO_RECENT_EVENT",
    "EVENT_TOO_OLD": "EXPIRED_EVENT",
    "INVALID_GCLID": "UNPARSEABLE_GCLID",
    "INVALID_GBRAID": "UNPARSEABLE_GBRAID",
    "INVALID_WBRAID": "UNPARSEABLE_WBRAID",
    "INVALID_CLICK": "EVENT_NOT_FOUND",
    "DUPLICATE_TRANSACTION_ID": "ORDER_ID_ALREADY_IN_USE",
    "INVALID_OPERATING_ACCOUNT_FOR_CLICK": "INVALID_CUSTOMER_FOR_CLICK",
}
"""Data Manager's reason → the Google Ads API's name for it, where they differ."""


def fill(entry: Any, store: Store, account_id: str) -> bool:
    """Write the account's summary. False when nothing was uploaded to it."""
    now = PracticeClock(store).now()
    found = store.all(
        "select r.reason, q.received_at, q.due_at from records r join requests q on q.id = r.request_id"
        " where r.account = ?",
        account_id,
    )
    if not found:
        return False
    days = {_day(row["received_at"]): Counter[str]() for row in found}
    reasons: Counter[str] = Counter()
    for row in found:
        verdict = "pending" if row["due_at"] > now else "failed" if row["reason"] else "successful"
        days[_day(row["received_at"])][verdict] += 1
        reasons.update([row["reason"]] if verdict == "failed" else [])
    _totals(entry, sum(days.values(), Counter()), account_id)
    last = max(row["received_at"] for row in found)
    entry.last_upload_date_time = datetime.fromtimestamp(last, UTC).strftime("%Y-%m-%d %H:%M:%S")
    since = _day((datetime.now(UTC) - timedelta(days=DAYS)).timestamp())
    for day in sorted(day for day in days if day > since):
        counts = {f"{verdict}_count": days[day][verdict] for verdict in ("successful", "failed", "pending")}
        entry.daily_summaries.add(upload_date=day, **counts)
    for reason, number in reasons.most_common(5):
        alert = entry.alerts.add(error_percentage=number / len(found))
        alert.error.conversion_upload_error = _error(reason)
    return True


def _totals(entry: Any, counts: Counter[str], account_id: str) -> None:
    total = counts.total()
    entry.resource_name = f"customers/{account_id}/offlineConversionUploadClientSummaries/{CLIENT.name}"
    entry.client = CLIENT.value
    entry.total_event_count, entry.successful_event_count = total, counts["successful"]
    entry.pending_event_count, entry.pending_rate = counts["pending"], counts["pending"] / total
    entry.success_rate = counts["successful"] / total
    states = Status.OfflineConversionDiagnosticStatus
    is_bad = counts["failed"] * 5 > total
    entry.status = (states.NEEDS_ATTENTION if is_bad else states.GOOD if counts["failed"] else states.EXCELLENT).value


def _error(reason: str) -> int:
    name = ERRORS.get(magic.short(reason), magic.short(reason))
    errors = ConversionUploadErrorEnum.ConversionUploadError.__members__
    return int(errors.get(name, errors["UNKNOWN"]).value)


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()
