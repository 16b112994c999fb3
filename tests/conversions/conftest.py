"""A company that reports won leads to the practice Google, and what both sides then know."""

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import requests
from flask import Flask
from sqlalchemy import select

from app.attribution.models import Touchpoint
from app.capture.models import Consent
from app.connections.models import AdAccount, ConversionAction
from app.conversions import jobs, mappings, queries
from app.conversions.mappings import Wish
from app.conversions.receipts import Receipt
from app.core.clock import utc_now
from app.core.events import LEADER
from app.core.ids import new_id
from app.leads import moves, stages
from app.leads.models import Lead
from sandbox import Practice
from tests.connections.conftest import Office
from tests.fixtures.application import Owner
from tests.fixtures.people import Person


@dataclass
class Desk:
    """One company with a connection, an ad account, and Won mapped to a conversion of 250."""

    office: Office
    owner: Owner
    connection_id: uuid.UUID
    stage_ids: dict[str, uuid.UUID]
    mapping_id: uuid.UUID

    def lead(self, click_id: str = "", *, consent: str = "granted", **values: Any) -> uuid.UUID:
        """A lead as the tag would bring it, from an ad click two days ago."""
        lead_id = new_id()
        with self.office.serving() as session:
            row = {"name": "Jane Roe", "email": "jane@example.org", "currency": "GBP"} | values
            session.add(Lead(id=lead_id, stage_id=self.stage_ids["New"], **row))
            session.flush()
            session.add(
                Touchpoint(
                    lead_id=lead_id,
                    kind="visit",
                    occurred_at=utc_now() - timedelta(days=2),
                    click_ids={"gclid": click_id or fresh_click_id()},
                    channel="Paid Search",
                    channel_reason="",
                    source_words="Google Ads",
                )
            )
            session.add(
                Consent(lead_id=lead_id, ad_user_data=consent, ad_personalization=consent, way="tag", wording="")
            )
            session.commit()
        return lead_id

    def move(self, lead_id: uuid.UUID, stage: str = "Won") -> None:
        with self.office.serving() as session:
            moves.move(session, lead_id, self.stage_ids[stage], actor=LEADER)
            session.commit()

    def won(self, click_id: str = "", **values: Any) -> uuid.UUID:
        lead_id = self.lead(click_id, **values)
        self.move(lead_id)
        return lead_id

    def work(self) -> None:
        """What a worker does at the bell."""
        with self.office.app.app_context():
            jobs.send_due()

    def make_due(self) -> None:
        """Let the leases end and the waiting be over."""
        self.owner.execute("UPDATE conversion_uploads SET due_at = now() - interval '1 second'")

    def pass_time(self, seconds: float = 3600) -> None:
        """The same, and at Google the verdicts are ready."""
        self.control("clock", advance_seconds=seconds)
        self.make_due()

    def control(self, what: str, **wanted: Any) -> None:
        address = f"{self.office.google.http_url}/practice/api/{what}"
        requests.post(address, json=wanted, timeout=10).raise_for_status()

    def counted(self) -> list[dict[str, Any]]:
        """Each conversion that Google has counted."""
        address = f"{self.office.google.http_url}/practice/api/conversions"
        found: list[dict[str, Any]] = requests.get(address, timeout=10).json()["conversions"]
        return found

    def receipt(self, lead_id: uuid.UUID) -> Receipt:
        with self.office.serving() as session:
            (receipt,) = queries.lead_receipts(session, lead_id)
            return receipt

    def state(self, lead_id: uuid.UUID) -> tuple[str, str]:
        row = self.owner.execute(
            "SELECT state, reason FROM conversion_uploads WHERE lead_id = %s", (lead_id,)
        ).fetchone()
        assert row is not None
        return str(row[0]), str(row[1])


def fresh_click_id() -> str:
    """A click id as Google makes them."""
    return "Cj0KCQ" + secrets.token_urlsafe(40)


OpenDesk = Callable[[Person], Desk]


@pytest.fixture
def open_desk(app: Flask, google: Practice, owner: Owner) -> OpenDesk:
    def open_one(person: Person) -> Desk:
        office = Office(app, google, person)
        connection_id = office.connect()
        office.read_accounts(connection_id)
        with office.serving() as session:
            action_id = session.scalars(
                select(ConversionAction.id)
                .join(AdAccount, AdAccount.id == ConversionAction.ad_account_id)
                .order_by(ConversionAction.name)
            ).first()
            assert action_id is not None
            stage_ids = {stage.name: stage.id for stage in stages.in_order(session)}
            mapping = mappings.add(session, stage_id=stage_ids["Won"], action_id=action_id, wish=Wish("250"))
            session.commit()
        return Desk(office, owner, connection_id, stage_ids, mapping.id)

    return open_one


@pytest.fixture
def desk(open_desk: OpenDesk, alice: Person) -> Desk:
    return open_desk(alice)
