"""The outbox as a machine: whatever people, workers, crashes and Google do, in whatever order, the promises hold.

1. Google counts a sale once: one transaction id for each click, however often it was sent.
2. Nothing is sent after it was cancelled, after the connection was deleted or consent withdrawn; no older version is
   sent after a newer one.
3. Nothing is stuck: what is open has a due time, and what waits for a person says why.
4. In the end each sale that nobody stopped stands at Google with its last value, and its receipt is whole.

Some short stories in each run; `OUTBOX_SEQUENCES=2000` tells as many, of 50 steps each (`make outbox-machine`).
"""

import os
import sys
import uuid
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import event, select

from app.connections.models import AdAccount, ConversionAction
from app.conversions import mappings
from app.conversions.chain import first_break
from app.conversions.mappings import Wish
from app.conversions.models import ConversionMapping, ReceiptEntry
from app.core.clock import utc_now
from app.core.db import db
from app.core.events import LEADER
from app.subjects import withdrawing
from tests.conversions.conftest import Desk, fresh_click_id
from tests.conversions.test_batches import SettingsOf, with_settings  # noqa: F401 - a fixture

SEQUENCES = int(os.environ.get("OUTBOX_SEQUENCES", "3"))
STEPS = 50 if "OUTBOX_SEQUENCES" in os.environ else 18
CLICKS = st.sampled_from(
    [
        "",
        "",
        "",
        "",
        "TEST_CLICK_NOT_FOUND",
        "TEST_INTERNAL_ERROR",
        "TEST_FAST_INVALID_EVENT",
        "TEST_UNAVAILABLE",
        "TEST_CUT",
    ]
)
PASSING = ("TEST_UNAVAILABLE", "TEST_CUT", "TEST_INTERNAL_ERROR")
"""Clicks of which Google never says the last word."""
CLICKS = st.sampled_from(["", "", "", "", "TEST_CLICK_NOT_FOUND", "TEST_FAST_INVALID_EVENT", *PASSING])
NO_FAULT = {"ingest": "none", "status": "none", "token": "none", "known_id": "none", "rows": "none"}


class Death(BaseException):
    """The worker dies: nothing in the product catches this."""


class Killer:
    """Ends the work at one of its database statements, commits or HTTP requests."""

    def __init__(self) -> None:
        self.left = 0
        self._is_watching = False

    def watch(self) -> None:
        if not self._is_watching:
            self._is_watching = True
            for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
                event.listen(db.engine, name, self.step)
            sys.addaudithook(lambda name, _: self.step() if name == "http.client.send" else None)

    def step(self, *_: object) -> None:
        if self.left > 0:
            self.left -= 1
            if self.left == 0:
                raise Death


KILLER = Killer()


@dataclass
class Sale:
    """What the test knows of a lead: `is_stopped` once nothing more may be sent, `sent` how often it was by then."""

    lead_id: uuid.UUID
    click_id: str
    is_won: bool = True
    is_stopped: bool = False
    sent: int = 0
    transaction_ids: set[str] = field(default_factory=set)


class Outbox(RuleBasedStateMachine):
    desk: Desk
    with_settings: SettingsOf

    @initialize(batch_from=st.sampled_from([2, 3, 100]))
    def open(self, batch_from: int) -> None:
        self.sales: list[Sale] = []
        self.desk.owner.execute("DELETE FROM leads; DELETE FROM outbox_pauses; DELETE FROM conversion_mappings")
        self.desk.control("reset")
        self.with_settings(conversion_batch_from=batch_from)
        self._connect()

    def _connect(self) -> None:
        self.desk.office.app.extensions["leader"].bell.connection.flushdb()  # trips to Google are limited for an hour
        self.desk.connection_id = self.desk.office.connect()
        self.desk.office.read_accounts(self.desk.connection_id)
        with self.desk.office.serving() as session:
            action_id = session.scalars(
                select(ConversionAction.id)
                .join(AdAccount, AdAccount.id == ConversionAction.ad_account_id)
                .where(AdAccount.connection_id == self.desk.connection_id)
                .order_by(ConversionAction.name)
            ).first()
            assert action_id is not None
            is_here = (ConversionMapping.conversion_action_id == action_id, ConversionMapping.is_active)
            if session.scalar(select(ConversionMapping.id).where(*is_here)) is None:
                mappings.add(session, stage_id=self.desk.stage_ids["Won"], action_id=action_id, wish=Wish("250"))
            session.commit()

    def _events(self) -> list[dict[str, Any]]:
        """Every event that Google took, the oldest first."""
        address = f"{self.desk.office.google.http_url}/practice/api/requests"
        found = requests.get(address, timeout=10).json()["requests"]
        return [taken for request in reversed(found) for taken in request["events"]]

    def _rows(self) -> list[Any]:
        return self.desk.owner.execute(
            "SELECT id, lead_id, transaction_id, version, state, reason, due_at, settled_at FROM conversion_uploads"
            " ORDER BY lead_id, version"
        ).fetchall()

    def _pick(self, number: int) -> Sale:
        return self.sales[number % len(self.sales)]

    def _stop(self, sale: Sale) -> None:
        """From now on nothing more of it may reach Google."""
        if not sale.is_stopped:
            sale.is_stopped = True
            sale.sent = sum(taken["click_id"] == sale.click_id for taken in self._events())

    @rule(click=CLICKS)
    def win(self, click: str) -> None:
        number = len(self.sales)
        click_id = f"{click}_{uuid.uuid4().hex}" if click else fresh_click_id()
        lead_id = self.desk.won(click_id, name=f"Lead {number}", email=f"{uuid.uuid4().hex}@example.org")
        self.sales.append(Sale(lead_id, click_id))

    @rule()
    def work(self) -> None:
        self.desk.work()

    @rule(step=st.integers(1, 40))
    def work_and_die(self, step: int) -> None:
        with self.desk.office.app.app_context():
            KILLER.watch()
        KILLER.left = step
        try:
            self.desk.work()
        except Death:
            with self.desk.office.app.app_context():
                db.session.remove()
        finally:
            KILLER.left = 0

    @rule()
    def wait(self, hours: int = 1) -> None:
        """What is due first stays the first."""
        self.desk.control("clock", advance_seconds=hours * 3600)
        self.desk.owner.execute("UPDATE conversion_uploads SET due_at = due_at - make_interval(hours => %s)", (hours,))

    @precondition(lambda self: self.sales)
    @rule(number=st.integers(0, 99))
    def change_mind(self, number: int) -> None:
        sale = self._pick(number)
        self.desk.move(sale.lead_id, "Contacted" if sale.is_won else "Won")
        sale.is_won = not sale.is_won

    @precondition(lambda self: self.sales)
    @rule(number=st.integers(0, 99))
    def cancel(self, number: int) -> None:
        sale = self._pick(number)
        rows = [row for row in self._rows() if row[1] == sale.lead_id]
        if len(rows) == 1:
            self.desk.office.post(f"/conversions/uploads/{rows[0][0]}/cancellation")
            if (self.desk.state(sale.lead_id)) == ("skipped", "CANCELLED"):
                self._stop(sale)

    @precondition(lambda self: self.sales)
    @rule(number=st.integers(0, 99))
    def send_again(self, number: int) -> None:
        for row in [row for row in self._rows() if row[1] == self._pick(number).lead_id]:
            self.desk.office.post(f"/conversions/uploads/{row[0]}/sendings")

    @precondition(lambda self: self.sales)
    @rule(number=st.integers(0, 99))
    def withdraw_consent(self, number: int) -> None:
        sale = self._pick(number)
        with self.desk.office.serving() as session:
            withdrawing.withdraw(session, sale.lead_id, utc_now().date(), today=utc_now().date(), actor=LEADER)
            session.commit()
        self._stop(sale)

    @rule(is_paused=st.booleans())
    def pause_or_resume(self, is_paused: bool) -> None:
        self.desk.office.post("/conversions/pause" if is_paused else "/conversions/pause/end")

    @rule(
        faults=st.sampled_from(
            [
                {"ingest": "down"},
                {"ingest": "cut"},
                {"ingest": "429"},
                {"ingest": "500"},
                {"status": "down"},
                {"token": "down"},
                {"known_id": "duplicate"},
                {"rows": "unnamed"},
                NO_FAULT,
                NO_FAULT,
            ]
        )
    )
    def change_google(self, faults: dict[str, str]) -> None:
        self.desk.control("faults", **faults)

    @rule()
    def lose_the_sign_in(self) -> None:
        self.desk.office.revoke_at_google()

    @rule()
    def connect(self) -> None:
        self.desk.control("faults", token="none")
        self._connect()

    @rule()
    def disconnect(self) -> None:
        self.desk.office.post(f"/connections/{self.desk.connection_id}/deletion")
        for sale in self.sales:
            self._stop(sale)

    @invariant()
    def counted_once(self) -> None:
        clicks = [conversion["click_id"] for conversion in self.desk.counted()]
        assert len(clicks) == len(set(clicks))

    @invariant()
    def nothing_is_sent_in_vain(self) -> None:
        events = self._events()
        for sale in self.sales:
            mine = [taken for taken in events if taken["click_id"] == sale.click_id]
            assert not sale.is_stopped or len(mine) == sale.sent, "sent after it was stopped"
            versions = self.desk.owner.execute(
                "SELECT count(*) FROM conversion_uploads WHERE lead_id = %s", (sale.lead_id,)
            ).fetchone()
            changes = [value for value, _ in groupby(taken["value"] for taken in mine)]
            assert versions and len(changes) <= max(1, int(str(versions[0]))), "an older version came after a newer one"

    @invariant()
    def nothing_is_stuck(self) -> None:
        for _, _, _, _, state, reason, due_at, settled_at in self._rows():
            assert due_at is not None
            assert reason or state in ("pending", "sending", "sent", "accepted"), f"{state} without a reason"
            assert (settled_at is None) == (state in ("pending", "sending", "sent", "waiting", "held")), state

    def teardown(self) -> None:
        if not hasattr(self, "sales"):
            return
        self.desk.control("faults", **NO_FAULT)
        self.desk.office.post("/conversions/pause/end")
        self._connect()
        for _ in range(14):
            self.wait(hours=7)
            self.desk.work()
        values = {conversion["click_id"]: conversion["value"] for conversion in self.desk.counted()}
        newest = {row[1]: row for row in self._rows()}
        for sale in self.sales:
            if sale.lead_id not in newest or sale.click_id.startswith(PASSING):
                continue  # won while nothing was connected, or Google never says the last word
            state, reason = newest[sale.lead_id][4:6]
            assert state in ("accepted", "rejected", "skipped", "parked"), f"{sale} stays {state} {reason}"
            if not (sale.is_stopped or sale.click_id.startswith("TEST_")):
                wanted = (250.0,) if sale.is_won else (0.0, None)
                assert values.get(sale.click_id) in wanted, f"{sale} ended {state} {reason}"
        self._receipts_are_whole()

    def _receipts_are_whole(self) -> None:
        with self.desk.office.serving() as session:
            entries = session.scalars(select(ReceiptEntry).order_by(ReceiptEntry.upload_id, ReceiptEntry.position))
            for _, chain in groupby(entries.all(), key=lambda entry: entry.upload_id):
                assert first_break(chain) is None


@pytest.mark.slow
def test_the_promises_hold_in_every_story(desk: Desk, with_settings: SettingsOf) -> None:  # noqa: F811
    class Machine(Outbox):
        pass

    Machine.desk, Machine.with_settings = desk, staticmethod(with_settings)  # type: ignore[assignment]
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize="OUTBOX_SEQUENCES" not in os.environ,
            phases=(Phase.generate,),  # shrinking stories of a real database takes longer than reading one
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
