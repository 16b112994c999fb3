"""The demo company, and many leads at once."""

import json

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.attribution.models import Touchpoint
from app.core.events import Event
from app.leads.models import Lead
from app.seeding import demo, many
from tests.fixtures.application import Owner
from tests.fixtures.browser import Browser
from tests.leads.conftest import Office


def run(app: Flask, *arguments: str) -> str:
    result = app.test_cli_runner().invoke(args=["leader", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_demo_is_made_once_and_its_sign_in_works(app: Flask, client: Browser, owner: Owner) -> None:
    first, second = json.loads(run(app, "seed-demo")), json.loads(run(app, "seed-demo"))
    assert first == second
    assert set(first) == {"email", "password", "site_key"}
    assert owner.execute("SELECT count(*) FROM companies WHERE is_demo").fetchone() == (1,)
    answer = client.post("/sign-in", data={"email": first["email"], "password": first["password"]})
    assert (answer.status_code, answer.location) == (303, "/leads")
    page = client.get("/leads").text
    assert "Hannah Clarke" in page and "Google Ads · Emergency repairs · roof leak repair · /roof-repair" in page


def test_the_printed_password_opens_the_door_again(app: Flask, client: Browser, owner: Owner) -> None:
    run(app, "seed-demo")
    owner.execute("UPDATE users SET password_hash = 'changed'")
    password = json.loads(run(app, "seed-demo"))["password"]
    assert client.post("/sign-in", data={"email": demo.EMAIL, "password": password}).status_code == 303


def test_the_demo_reports_nothing(app: Flask, owner: Owner) -> None:
    run(app, "seed-demo")
    assert owner.execute("SELECT count(*) FROM conversion_uploads").fetchone() == (0,)
    assert owner.execute("SELECT count(*), bool_and(is_demo) FROM leads").fetchone() == (12, True)
    assert (owner.execute("SELECT count(DISTINCT channel) FROM leads").fetchone() or (0,))[0] >= 5


def test_the_password_follows_the_secret() -> None:
    assert demo.demo_password("a" * 32) == demo.demo_password("a" * 32) != demo.demo_password("b" * 32)


def test_many_leads_are_believable_and_whole(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "_PIECE", 128)  # made in pieces, the last one not full
    with office.serving() as session:
        assert many.seed_many(session, 300, currency="EUR") == 300
        session.commit()
        for model in (Lead, Touchpoint, Event):
            filled = select(func.count()).select_from(model)
            assert session.scalar(filled.where(Event.type == "lead.arrived") if model is Event else filled) == 300
        names = session.scalars(select(Lead.name)).all()
        assert len(set(names)) > 100
        lead_id = session.scalars(select(Lead.id).limit(1)).one()
    assert office.get(f"/leads/{lead_id}").status_code == 200


def test_the_same_number_gives_the_same_people(office: Office, owner: Owner) -> None:
    told = []
    for _ in range(2):
        owner.execute("DELETE FROM leads")
        with office.serving() as session:
            many.seed_many(session, 50, currency="GBP")
            session.commit()
        told.append(owner.execute("SELECT name, email, channel FROM leads ORDER BY created_at").fetchall())
    assert told[0] == told[1]


def test_seed_says_who_is_unknown(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["leader", "seed", "--leads", "3"])
    assert result.exit_code == 1
    assert "Run seed-demo" in result.output


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_seed_wants_a_number(app: Flask, number: str) -> None:
    assert app.test_cli_runner().invoke(args=["leader", "seed", "--leads", number]).exit_code == 2


def test_seed_fills_a_company(app: Flask, office: Office, owner: Owner) -> None:
    assert "40 leads" in run(app, "seed", "--leads", "40", "--company", office.person.email)
    assert owner.execute(
        "SELECT count(*) FROM leads WHERE company_id = %s", (office.person.company_id,)
    ).fetchone() == (40,)
