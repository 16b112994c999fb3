"""The chain of a receipt: whatever is changed afterwards shows."""

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.conversions.chain import first_break, hash_entry
from tests.conversions.conftest import Desk

UPLOAD = uuid.UUID(int=7)
START = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    upload_id: uuid.UUID
    position: int
    kind: str
    data: dict[str, Any]
    at: datetime
    hash: bytes


def chain(datas: list[dict[str, Any]]) -> list[Entry]:
    entries: list[Entry] = []
    for number, data in enumerate(datas, 1):
        at = START + timedelta(seconds=number)
        before = entries[-1].hash if entries else b""
        made = hash_entry(before, upload_id=UPLOAD, position=number, kind="sent", data=data, at=at)
        entries.append(Entry(UPLOAD, number, "sent", data, at, made))
    return entries


DATA = st.dictionaries(st.text(max_size=8), st.one_of(st.text(max_size=8), st.integers(), st.booleans()), max_size=3)


@given(st.lists(DATA, max_size=6))
def test_what_was_not_touched_is_whole(datas: list[dict[str, Any]]) -> None:
    assert first_break(chain(datas)) is None


@given(st.lists(DATA, min_size=1, max_size=6), st.data())
def test_one_change_anywhere_breaks_it_there(datas: list[dict[str, Any]], data: st.DataObject) -> None:
    entries = chain(datas)
    at = data.draw(st.integers(0, len(entries) - 1))
    changed = [*entries]
    changed[at] = replace(entries[at], kind="accepted")
    assert first_break(changed) == at + 1
    if len(entries) > 1:
        assert first_break(entries[1:]) == 1, "the first is missing"
    if at < len(entries) - 1:
        assert first_break([*entries[:at], *entries[at + 1 :]]) == at + 1, "one in between is missing"


def test_a_receipt_says_that_it_is_intact_and_when_it_is_not(desk: Desk) -> None:
    lead_id = desk.won()
    desk.work()
    receipt = desk.receipt(lead_id)
    assert receipt.broken_at is None
    address = f"/conversions/uploads/{receipt.upload_id}"
    assert "Chain intact" in desk.office.client.get(address).text
    desk.owner.execute("UPDATE receipt_entries SET kind = 'accepted' WHERE kind = 'sent'")
    assert desk.receipt(lead_id).broken_at == 2
    assert "Chain broken at step 2" in desk.office.client.get(address).text


@pytest.mark.parametrize("lost", [1, 2])
def test_a_missing_entry_shows(desk: Desk, lost: int) -> None:
    lead_id = desk.won()
    desk.work()
    desk.pass_time()
    desk.work()
    desk.owner.execute("DELETE FROM receipt_entries WHERE position = %s", (lost,))
    assert desk.receipt(lead_id).broken_at == lost


def test_the_command_reads_every_receipt(desk: Desk) -> None:
    desk.won()
    runner = desk.office.app.test_cli_runner()
    done = runner.invoke(args=["leader", "verify-receipts"])
    assert done.exit_code == 0 and "1 receipts are intact" in done.output
    desk.owner.execute("UPDATE receipt_entries SET data = '{}'")
    done = runner.invoke(args=["leader", "verify-receipts"])
    assert done.exit_code == 1 and "breaks at entry 1" in done.output
