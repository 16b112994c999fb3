"""Costs and clicks, read by Google's own client from the practice Google into the real database."""

import uuid
from datetime import timedelta

import pytest
import requests
from sqlalchemy import func, select

from app.advertising import jobs
from app.advertising.models import AdCampaign, AdClick, AdCost, AdReading
from app.attribution.models import Touchpoint
from app.core.clock import utc_now
from app.core.ids import new_id
from app.leads import stages
from app.leads.models import Lead
from sandbox.shop import click_ids
from tests.connections.conftest import Office
from tests.fixtures.application import Owner


@pytest.fixture
def connected(office: Office) -> uuid.UUID:
    connection_id = office.connect()
    office.read_accounts(connection_id)
    return connection_id


def work(office: Office) -> None:
    with office.app.app_context():
        jobs.plan_readings()
        jobs.read_due()


def arrive(office: Office, gclid: str, days_ago: int) -> None:
    """A lead from an ad click that the practice Google knows of."""
    noted = {"gclid": gclid, "seconds_ago": days_ago * 86_400}
    requests.post(f"{office.google.http_url}/practice/api/clicks", json=noted, timeout=10).raise_for_status()
    with office.serving() as session:
        lead_id = new_id()
        session.add(Lead(id=lead_id, stage_id=stages.in_order(session)[0].id, currency="GBP"))
        session.flush()
        session.add(
            Touchpoint(
                lead_id=lead_id,
                kind="visit",
                occurred_at=utc_now() - timedelta(days=days_ago),
                click_ids={"gclid": gclid},
                channel="Paid Search",
                channel_reason="",
                source_words="",
            )
        )
        session.commit()


def test_ninety_days_of_costs_are_read_once(office: Office, connected: uuid.UUID, owner: Owner) -> None:
    work(office)
    with office.serving() as session:
        days = session.scalar(select(func.count(AdCost.day.distinct())))
        names = set(session.scalars(select(AdCampaign.name)))
        before = session.scalar(select(func.sum(AdCost.cost_minor)))
        assert days == 90
        assert names == {"metal-roofs-leeds", "emergency-leeds", "survey-leeds"}
        assert set(session.scalars(select(AdReading.state))) == {"done"}
    owner.execute("UPDATE ad_accounts SET followed_at = now() - interval '1 day'")
    work(office)
    with office.serving() as session:
        assert session.scalar(select(func.sum(AdCost.cost_minor))) == before, "the same told twice is kept once"
        assert session.scalar(select(func.count()).select_from(AdReading).where(AdReading.kind == "costs")) == 4


def test_a_click_id_becomes_a_campaign_and_a_keyword(office: Office, connected: uuid.UUID) -> None:
    gclid = click_ids.gclid()
    arrive(office, gclid, 12)
    requests.post(
        f"{office.google.http_url}/practice/api/clicks", json={"gclid": click_ids.gclid()}, timeout=10
    ).raise_for_status()
    work(office)
    with office.serving() as session:
        (click,) = session.scalars(select(AdClick))
        assert (click.gclid, click.campaign_name, click.keyword) == (gclid, "metal-roofs-leeds", "metal roof repair")
        assert (click.ad_group_name, click.match_type, click.network, click.device) == (
            "Metal roofs",
            "PHRASE",
            "SEARCH",
            "MOBILE",
        )


def test_a_used_up_quota_waits_for_hours(office: Office, connected: uuid.UUID) -> None:
    office.fault(ads="quota")
    work(office)
    with office.serving() as session:
        readings = session.scalars(select(AdReading)).all()
        assert {(reading.state, reading.problem) for reading in readings} == {("pending", "RESOURCE_EXHAUSTED")}
        assert min(reading.due_at for reading in readings) > utc_now() + timedelta(hours=1)


def test_a_connection_that_is_gone_reads_nothing(office: Office, connected: uuid.UUID) -> None:
    with office.app.app_context():
        jobs.plan_readings()
    office.meanwhile(lambda: office.post(f"/connections/{connected}/deletion"))
    with office.app.app_context():
        jobs.read_due()
    with office.serving() as session:
        assert {reading.state for reading in session.scalars(select(AdReading))} == {"failed"}
        assert session.scalar(select(func.count()).select_from(AdCost)) == 0


def test_another_company_sees_nothing_of_it(office: Office, connected: uuid.UUID, charlie: object) -> None:
    work(office)
    stranger = Office(office.app, office.google, charlie)  # type: ignore[arg-type]
    with stranger.serving() as session:
        assert session.scalars(select(AdCost)).all() == []
