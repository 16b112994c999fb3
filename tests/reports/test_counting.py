"""The daily figures equal the leads, whatever happens to them; read from the real database."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.advertising.models import AdCampaign, AdClick, AdCost
from app.attribution.models import Touchpoint
from app.companies.models import Company
from app.core.clock import utc_now
from app.core.events import Actor
from app.follow_up import assignment, judging
from app.leads import moves
from app.reports import counting, jobs, queries
from app.reports.models import DailyFigure, DayDue
from app.reports.periods import Period
from app.retention import anonymising
from tests.fixtures.application import Owner
from tests.fixtures.people import Person, Welcome
from tests.leads.conftest import Office, OfficeOf
from tests.notifications.conftest import move

EVER = Period("custom", datetime(2020, 1, 1, tzinfo=UTC).date(), datetime(2030, 1, 1, tzinfo=UTC).date())
_COLUMNS = [column for column in DailyFigure.__table__.c if column.name not in ("company_id", "id")]


def _figures(office: Office) -> list[tuple[Any, ...]]:
    with office.serving() as session:
        return sorted(tuple(row) for row in session.execute(select(*_COLUMNS)))


def _recount(office: Office, *, everything: bool = False) -> None:
    with office.serving() as session:
        if everything:
            counting.mark_all(session)
        counting.recount(session)
        session.commit()


def _counts(office: Office, dimension: str = "total", model: str = "") -> dict[str, int]:
    with office.serving() as session:
        found = queries.by_key(session, dimension, EVER, model)
        return {key: totals.counts.leads for key, totals in found.items()}


def test_a_lead_that_arrives_is_counted(office: Office) -> None:
    office.lead()
    office.lead(hours_ago=50)
    _recount(office)
    assert _counts(office) == {"": 2_000_000}
    assert _counts(office, "channel", "linear") == {"Direct": 2_000_000}


def test_a_member_who_leaves_leaves_no_figures(office: Office, welcome: Welcome, owner: Owner) -> None:
    mia = welcome("Mia", "Mia's")
    move(owner, mia, office.person, "member")
    lead_id = office.lead()
    with office.serving() as session:
        assignment.assign(session, lead_id, mia.user_id, actor=Actor(office.person.user_id, "Alice"))
        session.commit()
    _recount(office)
    before = _figures(office)
    assert office.post(f"/settings/team/{mia.user_id}/removal", {}).status_code == 303
    _recount(office)
    after = _figures(office)
    assert after != before
    _recount(office, everything=True)
    assert _figures(office) == after


def test_what_must_not_count(office: Office, owner: Owner) -> None:
    for values in ({"is_test": True}, {"is_spam": True}, {"is_demo": True}):
        office.lead(**values)
    _recount(office)
    assert _counts(office) == {}
    owner.execute("UPDATE companies SET is_demo = true WHERE id = %s", (office.person.company_id,))
    _recount(office, everything=True)
    assert _counts(office) == {"": 1_000_000}


def test_touches_share_the_credit(office: Office) -> None:
    lead_id = office.lead(stage="Won", value_minor=1000)
    now = utc_now()
    with office.serving() as session:
        for days, channel, utm in (
            (14, "Paid Search", {"utm_source": "google", "utm_medium": "cpc"}),
            (1, "Direct", {}),
        ):
            session.add(
                Touchpoint(
                    lead_id=lead_id,
                    kind="visit",
                    occurred_at=now - timedelta(days=days),
                    channel=channel,
                    channel_reason="",
                    source_words="",
                    utm=utm,
                    landing_page="https://shop.example/quote",
                )
            )
        session.commit()
    _recount(office)
    assert _counts(office, "source", "linear") == {"google / cpc": 500_000, "": 500_000}
    assert _counts(office, "landing_page", "first_touch") == {"/quote": 1_000_000}
    with office.serving() as session:
        found = queries.by_key(session, "channel", EVER, "position_based")
    assert {key: dict(totals.money) for key, totals in found.items()} == {
        "Paid Search": {"GBP": 500},
        "Direct": {"GBP": 500},
    }


def test_days_are_those_of_the_company(office: Office, owner: Owner) -> None:
    lead_id = office.lead()
    owner.execute("UPDATE leads SET created_at = '2026-11-23 23:30+00' WHERE id = %s", (lead_id,))
    for zone, day in (("Europe/London", "2026-11-23"), ("Europe/Berlin", "2026-11-24")):
        owner.execute("UPDATE companies SET time_zone = %s WHERE id = %s", (zone, office.person.company_id))
        _recount(office, everything=True)
        assert {str(row[0]) for row in _figures(office)} == {day}


def test_leads_that_are_gone_keep_their_place_in_the_totals(office: Office, owner: Owner, app: Flask) -> None:
    """Ten are counted as exactly as before, but for the day; whoever is alone counts in the year."""
    many = [office.lead(stage="Won", value_minor=125_050) for _ in range(10)]
    lonely = office.lead(stage="Lost")
    owner.execute("UPDATE leads SET created_at = '2026-03-04 12:00+00', updated_at = '2026-03-04 12:00+00'")
    owner.execute("UPDATE events SET at = '2026-03-04 12:00+00'")
    owner.execute("DELETE FROM conversion_uploads")
    _recount(office, everything=True)
    assert _counts(office) == {"": 11_000_000}
    with office.serving() as session:
        before = utc_now()
        marker = app.extensions["leader"].marker
        assert anonymising.anonymise(session, [*many, lonely], before=before, marker=marker) == 11
        session.commit()
    for everything in (False, True):
        _recount(office, everything=everything)
        assert _counts(office) == {"": 11_000_000}
        assert _counts(office, "keyword", "linear") == {}
        assert {str(row[0]) for row in _figures(office)} == {"2026-03-02", "2026-01-05"}
        with office.serving() as session:
            total = queries.total(session, EVER)
            assert total.money == {"GBP": 1_300_000}
            assert (total.counts.won, total.counts.lost) == (10_000_000, 0)


def test_one_company_never_counts_the_other(office: Office, office_of: OfficeOf, bob: Person) -> None:
    office.lead()
    office_of(bob).lead()
    _recount(office)
    assert _counts(office) == {"": 1_000_000} and _counts(office_of(bob)) == {}


def test_the_job_counts_every_company_that_is_due(office: Office, office_of: OfficeOf, bob: Person, app) -> None:  # type: ignore[no-untyped-def]
    other = office_of(bob)
    for each in (office, other):
        each.lead()
    with app.app_context():
        jobs.recount_due()
    for each in (office, other):
        assert _counts(each) == {"": 1_000_000}
        with each.serving() as session:
            assert session.scalars(select(DayDue)).all() == []


_step = st.tuples(
    st.sampled_from(["arrive", "move", "judge", "answer", "assign", "recount"]), st.integers(0, 5), st.integers(0, 4)
)


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_step, min_size=3, max_size=14))
def test_counting_changes_equals_counting_everything(
    office: Office, owner: Owner, steps: list[tuple[str, int, int]]
) -> None:
    owner.execute("DELETE FROM leads WHERE company_id = %s", (office.person.company_id,))
    owner.execute("DELETE FROM daily_figures")
    leads = [office.lead(value_minor=700)]
    for kind, which, choice in steps:
        _take(office, leads, kind, which, choice)
    _recount(office)
    kept_up = _figures(office)
    owner.execute("DELETE FROM daily_figures")
    _recount(office, everything=True)
    assert _figures(office) == kept_up


def _take(office: Office, leads: list[uuid.UUID], kind: str, which: int, choice: int) -> None:
    lead_id, actor = leads[which % len(leads)], Actor(office.person.user_id, "Alice")
    if kind == "arrive":
        leads.append(office.lead(hours_ago=which * 20, value_minor=choice * 333))
        return
    if kind == "recount":
        _recount(office)
        return
    with office.serving() as session:
        if kind == "move":
            moves.move(session, lead_id, list(office.stage_ids.values())[choice], actor=actor)
        elif kind == "judge":
            judging.judge(session, lead_id, judging.QUOTABLE[choice % 3], actor=actor)
        elif kind == "answer":
            judging.answer(session, lead_id, actor=actor)
        else:
            assignment.assign(session, lead_id, office.person.user_id if choice else None, actor=actor)
        session.commit()


def test_the_company_says_which_model_counts(office: Office) -> None:
    with office.serving() as session:
        assert session.scalars(select(Company.attribution_model)).one() == "last_non_direct"


def test_what_google_tells_of_a_click_is_believed(office: Office) -> None:
    lead_id = office.lead()
    told = {"customer_id": "1", "campaign_id": "2", "ad_group_id": "3", "match_type": "", "network": "", "device": ""}
    with office.serving() as session:
        session.add(
            Touchpoint(
                lead_id=lead_id,
                kind="visit",
                occurred_at=utc_now() - timedelta(days=1),
                channel="Paid Search",
                channel_reason="",
                source_words="",
                utm={"utm_campaign": "spring", "utm_term": "roof"},
                click_ids={"gclid": "x"},
            )
        )
        session.add(
            AdClick(
                lead_id=lead_id,
                gclid="x",
                day=utc_now().date(),
                campaign_name="Spring roofing",
                ad_group_name="Slate",
                keyword="slate roof repair",
                **told,
            )
        )
        session.commit()
    _recount(office)
    for question, key in (("campaign", "Spring roofing"), ("ad_group", "Slate"), ("keyword", "slate roof repair")):
        assert _counts(office, question, "linear") == {key: 1_000_000}


def test_costs_stand_beside_what_they_brought(office: Office) -> None:
    lead_id = office.lead(stage="Won", value_minor=100_000)
    day = utc_now().date()
    with office.serving() as session:
        touch = {
            "lead_id": lead_id,
            "kind": "visit",
            "occurred_at": utc_now() - timedelta(days=1),
            "channel_reason": "",
            "source_words": "",
        }
        session.add(
            Touchpoint(**touch, channel="Paid Search", utm={"utm_campaign": "Spring"}, click_ids={"gclid": "x"})
        )
        for name, cost in (("Spring", 2_500), ("Summer", 1_500)):
            session.add(AdCampaign(customer_id="1", campaign_id=name, name=name))
            amounts = {"cost_minor": cost, "currency": "GBP", "clicks": 9, "impressions": 99}
            session.add(AdCost(day=day, customer_id="1", campaign_id=name, **amounts))
        session.commit()
    overview = office.get("/reports").text
    for words in ("£40", "Cost of each of them", "25.0"):
        assert words in overview
    text = office.get("/reports/sources?by=campaign&format=csv").text
    assert 'Spring,1,100 %,0,1,100 %,"£1,000",£25,£25' in text and "Summer,0,0 %,0,0,–,£0,£15," in text
