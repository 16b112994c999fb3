"""Publishing once a quarter: who is counted, who is not, and that nothing is ever drawn twice."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core.clock import utc_now
from app.statistics import gates, jobs, publishing
from app.statistics.quarters import last_full
from tests.fixtures.application import NewSession, Owner
from tests.fixtures.browser import Browser
from tests.fixtures.people import Person

Crowd = Callable[..., list[uuid.UUID]]
QUARTER = last_full(utc_now())


@pytest.fixture(autouse=True)
def nothing_published(owner: Owner) -> Iterator[None]:
    yield
    owner.execute("DELETE FROM statistics_releases")


@pytest.fixture
def crowd(owner: Owner) -> Crowd:
    """So many companies from long ago, each with twelve leads in the last full quarter."""

    def make(number: int = 60) -> list[uuid.UUID]:
        made = owner.execute(
            "INSERT INTO companies (id, name, time_zone, currency, region, language, is_demo, created_at)"
            " SELECT gen_random_uuid(), 'Company ' || n, 'UTC', 'GBP', 'GB', 'en', false, '2020-01-01'"
            " FROM generate_series(1, %s) n RETURNING id",
            (number,),
        ).fetchall()
        companies = [uuid.UUID(str(row[0])) for row in made]
        owner.execute(
            "INSERT INTO stages (company_id, id, name, kind, position)"
            " SELECT c, gen_random_uuid(), 'New', 'new', 1 FROM unnest(%s) c",
            (companies,),
        )
        owner.execute(
            "INSERT INTO leads (company_id, id, stage_id, name, email, phone, phone_e164, message, currency, channel,"
            " source_words, is_test, is_spam, is_demo, version, created_at, updated_at, answered_at)"
            " SELECT s.company_id, gen_random_uuid(), s.id, 'Person', 'canary@example.org', '', '', '', 'GBP',"
            " (ARRAY['Email', 'Direct', 'Referral'])[n %% 3 + 1], '', false, false, false, 1, at, at,"
            " CASE n %% 2 WHEN 0 THEN at + interval '30 minutes' END"
            " FROM stages s, generate_series(1, 12) n, (SELECT %s::timestamptz + interval '9 days' AS at) t"
            " WHERE s.company_id = ANY (%s)",
            (QUARTER.begins_at, companies),
        )
        return companies

    return make


def publish(app: Flask) -> None:
    with app.app_context():
        jobs.publish_due()


def releases(owner: Owner) -> list[tuple[object, ...]]:
    return owner.execute("SELECT quarter, epsilon_thousandths, tables FROM statistics_releases").fetchall()


def content(client: Browser) -> str:
    """What the page says, without what is made anew for each answer."""
    return client.get("/statistics").text.partition("<main")[2].partition("</main>")[0]


def counted(session: Session) -> int:
    return len(gates.leads_of_accounts(session, QUARTER)["channel"])


def test_a_crowd_is_published_and_read_by_everybody(app: Flask, owner: Owner, crowd: Crowd, client: Browser) -> None:
    crowd()
    publish(app)
    ((quarter, epsilon, tables),) = releases(owner)
    assert (quarter, epsilon) == (QUARTER.name, 1000)
    assert {key for key, _ in tables["channel"]} <= {"Email", "Direct", "Referral"}  # type: ignore[index]
    assert 95 <= sum(percent for _, percent in tables["channel"]) <= 105  # type: ignore[index]
    page = client.get("/statistics").text
    assert "How leads come" in page
    assert f"{tables['channel'][0][1]}%" in page  # type: ignore[index]
    assert "canary" not in page
    assert "Company 1" not in page


def test_reloading_and_ringing_again_draw_no_new_noise(app: Flask, owner: Owner, crowd: Crowd, client: Browser) -> None:
    crowd()
    publish(app)
    before, page = releases(owner), content(client)
    for _ in range(3):
        publish(app)
    assert releases(owner) == before
    crowd(5)
    publish(app)
    assert releases(owner) == before, "a quarter is published once, whatever has changed since"
    assert content(client) == page


def test_two_workers_at_once_publish_once(app: Flask, owner: Owner, crowd: Crowd) -> None:
    crowd()
    with ThreadPoolExecutor(2) as both:
        list(both.map(publish, [app, app]))
    assert len(releases(owner)) == 1


def test_too_few_companies_publish_nothing_and_spend_nothing(
    app: Flask, owner: Owner, crowd: Crowd, client: Browser
) -> None:
    crowd(49)
    publish(app)
    assert releases(owner) == [(QUARTER.name, 0, {})]
    assert "Too few companies took part" in client.get("/statistics").text


@pytest.mark.parametrize(
    "left_out",
    [
        "UPDATE companies SET is_in_statistics = false WHERE id = ANY (%s)",
        "UPDATE companies SET closed_at = now() WHERE id = ANY (%s)",
        "UPDATE companies SET is_demo = true WHERE id = ANY (%s)",
        "UPDATE companies SET created_at = now() WHERE id = ANY (%s)",
        "UPDATE leads SET is_test = true WHERE company_id = ANY (%s)",
        "UPDATE leads SET is_spam = true WHERE company_id = ANY (%s)",
        "UPDATE leads SET is_demo = true WHERE company_id = ANY (%s)",
        "UPDATE leads SET restricted_at = now() WHERE company_id = ANY (%s)",
        "UPDATE leads SET created_at = now() WHERE company_id = ANY (%s)",
    ],
)
def test_who_is_left_out(new_session: NewSession, owner: Owner, crowd: Crowd, left_out: str) -> None:
    companies = crowd(5)
    assert counted(new_session()) == 5
    owner.execute(left_out, (companies[:2],))  # type: ignore[arg-type]
    assert counted(new_session()) == 3


def test_the_budget_of_a_year_is_not_overspent(new_session: NewSession, owner: Owner, crowd: Crowd) -> None:
    crowd()
    owner.execute(
        "INSERT INTO statistics_releases (id, quarter, first_on, last_on, epsilon_thousandths, tables, published_at)"
        " SELECT gen_random_uuid(), 'early ' || n, now(), now(), 1000, '{}', now() - n * interval '90 days'"
        " FROM generate_series(0, 3) n"
    )
    session, now = new_session(), utc_now()
    assert publishing.spent(session, now) == publishing.BUDGET
    assert publishing.publish(session, now) is None
    owner.execute("UPDATE statistics_releases SET published_at = now() - interval '400 days' WHERE quarter = 'early 3'")
    assert publishing.publish(session, now) is not None
    session.commit()
    assert publishing.spent(session, now + timedelta(seconds=1)) == publishing.BUDGET


def test_a_company_chooses_for_itself(alice: Person, bob: Person, viewer: Person, owner: Owner) -> None:
    assert "checked" in alice.client.get("/settings/statistics").text
    answer = alice.client.post("/settings/statistics", data={})
    assert answer.status_code == 303
    assert "You are left out of the statistics." in alice.client.get("/settings/statistics").text
    rows = owner.execute("SELECT id FROM companies WHERE NOT is_in_statistics").fetchall()
    assert rows == [(alice.company_id,)]
    assert alice.client.post("/settings/statistics", data={"takes_part": "y"}).status_code == 303
    assert owner.execute("SELECT bool_and(is_in_statistics) FROM companies").fetchone() == (True,)
    for way in (viewer.client.get, viewer.client.post):
        assert way("/settings/statistics").status_code == 403
    noted = "SELECT data->>'takes_part' FROM events WHERE type = 'company.statistics_chosen' ORDER BY id"
    assert owner.execute(noted).fetchall() == [("false",), ("true",)]


def test_nobody_changes_what_was_published(owner: Owner) -> None:
    for right in ("UPDATE", "DELETE"):
        row = owner.execute("SELECT has_table_privilege('leader_app', 'statistics_releases', %s)", (right,)).fetchone()
        assert row == (False,)
