"""What the practice Google has received, as plain values for the JSON interface and the page."""

import datetime as dt
import json
from typing import Any

from sandbox.clock import PracticeClock
from sandbox.datamanager.magic import short
from sandbox.people import ACCOUNTS, PEOPLE, find_action
from sandbox.store import Store

CONVERSIONS = """
select c.*, (select group_concat(distinct r.request_id) from records r where r.account = c.account
             and r.action = c.action and r.transaction_id = c.transaction_id and r.reason = '') as request_ids
from conversions c order by c.first_at desc, c.transaction_id limit ?
"""
NO_LIMIT = -1


class Overview:
    def __init__(self, store: Store, clock: PracticeClock) -> None:
        self._store, self._clock = store, clock

    def conversions(self, limit: int = NO_LIMIT) -> list[dict[str, Any]]:
        """Each counted conversion, newest first. `count` is always 1: an adjustment never counts again."""
        return [
            {
                "account": row["account"],
                "action": row["action"],
                "action_name": _action_name(row["account"], row["action"]),
                "transaction_id": row["transaction_id"],
                "value": row["value"],
                "currency": row["currency"],
                "click_id": row["click_id"],
                "count": 1,
                "adjustments": row["adjustments"],
                "request_ids": (row["request_ids"] or "").split(","),
                "first_at": _iso(row["first_at"]),
                "updated_at": _iso(row["updated_at"]),
            }
            for row in self._store.all(CONVERSIONS, limit)
        ]

    def requests(self, limit: int = NO_LIMIT) -> list[dict[str, Any]]:
        """Each accepted ingest request with its events, newest first."""
        now = self._clock.now()
        found = [
            {
                "request_id": row["id"],
                "person": _person_name(row["person"]),
                "received_at": _iso(row["received_at"]),
                "status": "PROCESSING" if now < row["due_at"] else "DONE",
                "practice_seconds_until_verdict": max(0, round(row["due_at"] - now)),
                "destinations": json.loads(row["destinations"]),
                "events": [],
            }
            for row in self._store.all("select * from requests order by received_at desc limit ?", limit)
        ]
        by_id = {entry["request_id"]: entry for entry in found}
        for row in self._store.all(
            "select * from records where request_id in (select id from requests order by received_at desc limit ?)",
            limit,
        ):
            if row["request_id"] in by_id:
                by_id[row["request_id"]]["events"].append(_event(row))
        return found

    def grants(self) -> list[dict[str, Any]]:
        """Who allowed what, newest first; of tokens only the last four characters."""
        return [
            {
                "id": row["id"],
                "client_id": row["client_id"],
                "person": _person_name(row["person"]),
                "sub": row["person"],
                "scopes": row["scopes"].split(),
                "created_at": _iso(row["created_at"]),
                "revoked_at": _iso(row["revoked_at"]),
                "revoked_by": row["revoked_by"],
                "tokens": self._tokens(row["id"]),
            }
            for row in self._store.all("select * from grants order by id desc")
        ]

    def _tokens(self, grant_id: int) -> list[dict[str, Any]]:
        rows = self._store.all("select * from tokens where grant_id = ? order by created_at", grant_id)
        return [{"kind": r["kind"], "last4": r["last4"], "expires_at": _iso(r["expires_at"])} for r in rows]

    def totals(self) -> dict[str, int]:
        row = self._store.one(
            "select (select count(*) from requests) as requests,"
            " (select count(*) from conversions) as conversions,"
            " (select coalesce(sum(adjustments), 0) from conversions) as adjustments,"
            " (select count(*) from records where reason != '') as refused"
        )
        return dict(row) if row else {}

    def clock(self) -> dict[str, Any]:
        return {"now": _iso(self._clock.now()), "speed": self._clock.speed}


def _event(row: Any) -> dict[str, Any]:
    return {
        "account": row["account"],
        "action": row["action"],
        "action_name": _action_name(row["account"], row["action"]),
        "transaction_id": row["transaction_id"],
        "click_id": row["click_id"],
        "identifiers": row["identifiers"],
        "value": row["value"],
        "currency": row["currency"],
        "effect": row["effect"],
        "reason": short(row["reason"]),
    }


def _iso(seconds: float | None) -> str | None:
    return None if seconds is None else dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="seconds")


def _person_name(person_id: str) -> str:
    return PEOPLE[person_id].name if person_id in PEOPLE else person_id


def _action_name(account_id: str, action_id: str) -> str:
    action = find_action(account_id, action_id)
    return f"{ACCOUNTS[account_id].name}: {action.name}" if action else action_id
