"""To Google and back in Chromium: the policy `form-action 'self'` must not stop it, script or no script."""

import dataclasses
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from app.auth import cookies
from app.connections import jobs
from tests.connections.conftest import Office

pytestmark = pytest.mark.browser


@pytest.fixture
def address(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The application on a port of its own, which it also believes to be its address."""
    held = app.extensions["leader"]
    host = urlsplit(held.settings.base_url).hostname or ""
    server = make_server(host, 0, app, threaded=True)
    url = f"http://{host}:{server.port}"
    settings = held.settings.model_copy(update={"base_url": url})
    monkeypatch.setitem(app.extensions, "leader", dataclasses.replace(held, settings=settings))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield url
    server.shutdown()
    thread.join(10)


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def page(request: pytest.FixtureRequest, office: Office, address: str, chromium: Browser) -> Iterator[Page]:
    name = cookies.name(office.app.extensions["leader"].settings)
    context = chromium.new_context(java_script_enabled=request.param)
    context.add_cookies([{"name": name, "value": office.client.cookie(name) or "", "url": address}])
    yield context.new_page()
    context.close()


def test_connect_choose_and_delete(page: Page, office: Office, address: str) -> None:
    page.goto(f"{address}/connections")
    page.get_by_role("button", name="Connect Google Ads").click()
    page.get_by_text("Olivia Owner").first.click()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{address}/connections/*")
    page.get_by_text("Reading your ad accounts").wait_for()
    connection_id = page.url.rpartition("/")[2]
    with office.app.app_context():
        jobs.read_accounts(str(office.person.company_id), connection_id)
    if not page.evaluate("() => typeof htmx !== 'undefined'"):
        page.reload()
    page.get_by_text("Won job").wait_for()  # without a reload where JavaScript polls
    page.get_by_role("button", name="Delete connection").click()
    if page.locator("#confirm").is_visible():
        page.locator("#confirm [data-confirm-yes]").click()
    page.get_by_text("Google confirmed").wait_for()
    page.get_by_text("Stored tokens erased").wait_for()
    assert office.live_grants() == 0
