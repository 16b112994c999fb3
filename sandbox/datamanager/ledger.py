"""What was received and what it counts for: one conversion per account, action and transaction id."""

import json
import time
import uuid
from dataclasses import dataclass
from typing import Any

from google.protobuf import json_format

from sandbox.clock import PracticeClock
from sandbox.datamanager import magic, verdict
from sandbox.datamanager.validation import click_ids
from sandbox.people import ACCOUNTS, find_action
from sandbox.store import Store

COUNTED, ADJUSTED, REFUSED = "counted", "adjusted", "refused"
UPSERT = """
insert into conversions (account, action, transaction_id, value, currency, click_id, first_at, updated_at)
values (:account, :action, :transaction_id, :value, :currency, :click_id, :now, :now)
on conflict do update set value = excluded.value, currency = excluded.currency,
    adjustments = adjustments + 1, updated_at = excluded.updated_at
returning adjustments
"""
COUNT = """
insert into conversions (account, action, transaction_id, value, currency, click_id, first_at, updated_at)
values (:account, :action, :transaction_id, :value, :currency, :click_id, :now, :now)
on conflict do nothing returning 1
"""
KNOWN = "select 1 from conversions where account = :account and action = :action and transaction_id = :transaction_id"


@dataclass(frozen=True)
class Conversion:
    """One conversion as the Google Ads API brings it."""

    account: str
    action: str
    transaction_id: str
    value: float
    currency: str
    click_id: str


@dataclass(frozen=True)
class Stored:
    """A request as it was received; times are practice time."""

    id: str
    person: str
    destinations: list[dict[str, Any]]
    practice_at: float
    due_at: float


class Ledger:
    def __init__(self, store: Store, clock: PracticeClock, verdict_seconds: float) -> None:
        self._store, self._clock, self._verdict_seconds = store, clock, verdict_seconds

    def record(self, person: str, request: Any, *, refuse_known: bool = False) -> str:
        """Stores a valid request and counts its events, all or nothing. Returns the request id.

        `refuse_known`: an event whose transaction id is known changes nothing.
        """
        request_id, now, practice_now = str(uuid.uuid4()), time.time(), self._clock.now()
        destinations = [json_format.MessageToDict(d) for d in request.destinations]
        with self._store.transaction() as db:
            db.execute(
                "insert into requests values (?, ?, ?, ?, ?, ?)",
                (
                    request_id,
                    person,
                    json.dumps(destinations),
                    now,
                    practice_now,
                    practice_now + self._verdict_seconds,
                ),
            )
            for number, destination in enumerate(request.destinations):
                for row, event in enumerate(request.events):
                    wanted = event.destination_references
                    if wanted and destination.reference not in wanted:
                        continue
                    record = _record(event, request, destination)
                    if refuse_known and not record["reason"] and db.execute(KNOWN, record).fetchone():
                        record["reason"] = magic.PROCESSING_REASONS["DUPLICATE_TRANSACTION_ID"]
                    if not record["reason"]:
                        adjustments = db.execute(UPSERT, {**record, "now": now}).fetchone()["adjustments"]
                        record["effect"] = ADJUSTED if adjustments else COUNTED
                    db.execute(
                        "insert into records values (:request_id, :destination, :row, :account, :action,"
                        " :transaction_id, :click_id, :identifiers, :value, :currency, :reason, :effect)",
                        {**record, "request_id": request_id, "destination": number, "row": row},
                    )
        return request_id

    def count(self, conversion: Conversion) -> bool:
        """Count it. False when its transaction id is known: through this interface that changes nothing."""
        with self._store.transaction() as db:
            return db.execute(COUNT, {**vars(conversion), "now": time.time()}).fetchone() is not None

    def find(self, request_id: str) -> Stored | None:
        row = self._store.one("select * from requests where id = ?", request_id)
        if row is None:
            return None
        destinations = json.loads(row["destinations"])
        return Stored(row["id"], row["person"], destinations, row["practice_at"], row["due_at"])

    def tally(self, request_id: str) -> dict[int, dict[str, int]]:
        """Events per reason (empty: counted) for each destination's number."""
        tally: dict[int, dict[str, int]] = {}
        rows = self._store.all(
            "select destination, reason, count(*) as n from records where request_id = ? group by 1, 2",
            request_id,
        )
        for row in rows:
            tally.setdefault(row["destination"], {})[row["reason"]] = row["n"]
        return tally

    def is_due(self, stored: Stored) -> bool:
        return self._clock.now() >= stored.due_at

    def age_seconds(self, stored: Stored) -> float:
        return self._clock.now() - stored.practice_at


def _record(event: Any, request: Any, destination: Any) -> dict[str, Any]:
    account = destination.operating_account.account_id
    action = find_action(account, destination.product_destination_id)
    if action is None:
        raise LookupError("validation lets no unknown action pass")
    return {
        "account": account,
        "action": action.id,
        "transaction_id": event.transaction_id,
        "click_id": next((value for _kind, value in click_ids(event)), ""),
        "identifiers": len(event.user_data.user_identifiers),
        "value": event.conversion_value if event.HasField("conversion_value") else action.default_value,
        "currency": event.currency or ACCOUNTS[account].currency,
        "reason": verdict.reason(event, request, action),
        "effect": REFUSED,
    }
