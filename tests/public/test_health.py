"""What watchers of the service ask: does the process answer, and can it serve?"""

from typing import Any

from flask import Flask

from app.core.config import Settings
from app.factory import create_app
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
    assert ready.json == {"status": "ready", "database": True, "schema": True, "queue": True}


def test_the_process_answers_whatever_is_down(settings: Settings) -> None:
    assert _with(settings, **NOWHERE).get("/healthz").json == {"status": "ok"}


def test_without_valkey_it_still_serves(app: Flask, settings: Settings) -> None:
    browser = _with(settings, redis_url=NOWHERE["redis_url"])
    ready = browser.get("/readyz")
    assert ready.status_code == 200
    assert ready.json == {"status": "degraded", "database": True, "schema": True, "queue": False}
    wrong = {"email": "nobody@example.com", "password": "wrong horse"}
    answers = [browser.post("/sign-in", data=wrong).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]  # the limits are counted by the process itself meanwhile


def test_without_the_database_it_says_so(settings: Settings) -> None:
    browser = _with(settings, database_url=NOWHERE["database_url"])
    ready = browser.get("/readyz")
    assert ready.status_code == 503
    assert ready.json == {"status": "unavailable", "database": False, "schema": False, "queue": True}
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
    assert ready.json == {"status": "unavailable", "database": True, "schema": False, "queue": True}
