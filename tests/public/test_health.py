"""What watchers of the service ask: does the process answer, and can it serve?"""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.core.config import Settings
from app.core.db import sqlalchemy_url
from app.factory import create_app
from app.public import readiness
from tests.fixtures.application import Owner
from tests.fixtures.browser import Browser

NOWHERE = {
    "database_url": "postgresql://leader@127.0.0.1:9/leader",
    "redis_url": "redis://127.0.0.1:9/0",
}


def _with(settings: Settings, **changes: Any) -> Browser:
    app = create_app(settings.model_copy(update=changes))
    app.test_client_class = Browser
    browser = app.test_client()
    assert isinstance(browser, Browser)
    return browser


def test_healthy_and_ready(client: Browser) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json == {"status": "ready", "database": True, "schema": True, "queue": True, "log_in": True}


def test_the_process_answers_whatever_is_down(settings: Settings) -> None:
    assert _with(settings, **NOWHERE).get("/healthz").json == {"status": "ok"}


def test_without_valkey_it_still_serves(app: Flask, settings: Settings) -> None:
    browser = _with(settings, redis_url=NOWHERE["redis_url"])
    ready = browser.get("/readyz")
    assert ready.status_code == 200
    assert ready.json == {"status": "degraded", "database": True, "schema": True, "queue": False, "log_in": True}
    wrong = {"email": "nobody@example.com", "password": "wrong horse"}
    answers = [browser.post("/sign-in", data=wrong).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]  # the limits are counted by the process itself meanwhile


def test_without_the_database_it_says_so(settings: Settings) -> None:
    browser = _with(settings, database_url=NOWHERE["database_url"])
    ready = browser.get("/readyz")
    assert ready.status_code == 503
    assert ready.json == {"status": "unavailable", "database": False, "schema": False, "queue": True, "log_in": True}
    browser.set_cookie("leader_session", "x" * 43, domain="127.0.0.1")
    page = browser.get("/")
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "30"
    assert "Traceback" not in page.text


def test_an_old_schema_is_not_ready(client: Browser, owner: Owner) -> None:
    row = owner.execute("SELECT version_num FROM alembic_version").fetchone()
    assert row
    try:
        owner.execute("UPDATE alembic_version SET version_num = '0000'")
        ready = client.get("/readyz")
    finally:
        owner.execute("UPDATE alembic_version SET version_num = %s", row)
    assert ready.status_code == 503
    assert ready.json == {"status": "unavailable", "database": True, "schema": False, "queue": True, "log_in": True}


def test_production_does_not_serve_as_the_owner(
    settings: Settings, client: Browser, database_url: str, session: Session
) -> None:
    """Whoever reached raw SQL through such a log-in could become the role that steps around row-level security."""
    bell = client.application.extensions["leader"].bell
    assert readiness.look(session.get_bind(), bell, is_production=True).status == "ready"
    owners = create_engine(sqlalchemy_url(database_url), connect_args={"options": "-c role=leader_app"})
    assert readiness.look(owners, bell, is_production=False).status == "ready"
    found = readiness.look(owners, bell, is_production=True)
    owners.dispose()
    assert (found.status, found.log_in) == ("unavailable", False)


@pytest.mark.parametrize("role", ["leader", "leader_gate", "leader_eraser", "leader_desk"])
def test_the_product_can_become_nobody_else(session: Session, role: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied to set role"):
        session.execute(text(f"SET ROLE {role}"))
    session.rollback()
    session.execute(text("RESET ROLE"))
    assert session.scalar(text("SELECT count(*) FROM users")) == 0
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("SELECT * FROM staff"))


def test_the_command_makes_a_log_in_with_a_password(app: Flask, database_url: str, owner: Owner) -> None:
    run = app.test_cli_runner().invoke(args=["leader", "make-log-in", "leader_test_log_in"], input="a b'c\na b'c\n")
    assert run.exit_code == 0, run.output
    kept = owner.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'leader_test_log_in'").fetchone()
    owner.execute("DROP ROLE leader_test_log_in")
    assert kept and str(kept[0]).startswith("SCRAM-SHA-256$")
