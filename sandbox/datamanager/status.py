"""Builds the answer of requestStatus:retrieve from the package's own message classes."""

from collections.abc import Mapping
from typing import Any

from google.ads.datamanager_v1.types.ingestion_service import RetrieveRequestStatusResponse
from google.ads.datamanager_v1.types.processing_errors import ProcessingErrorReason
from google.ads.datamanager_v1.types.request_status_per_destination import RequestStatusPerDestination
from google.protobuf import json_format

MAX_AGE_SECONDS = 50 * 86_400
ResponseMessage = RetrieveRequestStatusResponse.pb()
REASONS = {name: member.value for name, member in ProcessingErrorReason.__members__.items()}
Status = RequestStatusPerDestination.RequestStatus


def status_message(destinations: list[dict[str, Any]], tally: Mapping[int, Mapping[str, int]], *, is_due: bool) -> Any:
    """One status per destination; counts per reason only, never which row failed."""
    message = ResponseMessage()
    for number, destination in enumerate(destinations):
        counts = tally.get(number, {})
        entry = message.request_status_per_destination.add()
        json_format.ParseDict(destination, entry.destination)
        entry.events_ingestion_status.record_count = sum(counts.values())
        entry.request_status = _status(counts) if is_due else Status.PROCESSING
        if is_due:
            for reason, count in sorted(counts.items()):
                if reason:
                    entry.error_info.error_counts.add(reason=REASONS[reason], record_count=count)
    return message


def _status(counts: Mapping[str, int]) -> int:
    failed = sum(count for reason, count in counts.items() if reason)
    if not failed:
        return Status.SUCCESS
    return Status.PARTIAL_SUCCESS if counts.get("") else Status.FAILED
