"""The table in Chromium: what changes without a reload, and that everything works without JavaScript."""

import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from werkzeug.serving import make_server

from app.auth import cookies
from app.core.services import Services
from tests.fixtures.browser import BASE_URL
from tests.leads.conftest import Office

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    host = urlsplit(BASE_URL).hostname or ""
    server = make_server(host, 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://{host}:{server.port}"
    server.shutdown()
    thread.join(10)


@pytest.fixture
def open_page(app: Flask, office: Office, address: str, chromium: Browser) -> Iterator[OpenPage]:
    """Opens an address as Alice; everything that Chromium complains about fails the test."""
    services: Services = app.extensions["leader"]
    name = cookies.name(services.settings)
    complaints: list[str] = []

    def note(kind: str, text: str) -> None:
        refused_on_purpose = text.startswith(("Failed to load resource", "htmx:"))
        if kind == "error" and not refused_on_purpose:
            complaints.append(text)

    opened: list[BrowserContext] = []

    def open_(path: str, *, script: bool = True) -> Page:
        context = chromium.new_context(java_script_enabled=script)
        context.add_cookies([{"name": name, "value": office.person.client.cookie(name) or "", "url": address}])
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda message: note(message.type, message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address + path)
        return page

    yield open_
    for context in opened:
        context.close()
    assert complaints == []


def test_new_leads_appear_by_themselves(office: Office, open_page: OpenPage) -> None:
    office.lead("Old")
    page = open_page("/leads")
    office.lead("Hannah", hours_ago=0.01)
    expect(page.locator("#lead-rows th a")).to_have_text(["Hannah", "Old"], timeout=15_000)
    expect(page.get_by_role("status").first).to_have_text("A new lead has arrived: Hannah.")
    office.lead("Imran", hours_ago=0.005)
    expect(page.locator("#lead-rows th a")).to_have_text(["Imran", "Hannah", "Old"], timeout=15_000)


def test_the_first_lead_appears_by_itself(office: Office, open_page: OpenPage) -> None:
    page = open_page("/leads")
    expect(page.get_by_text("No leads yet")).to_be_visible()
    office.lead("Hannah")
    expect(page.locator("#lead-rows th a")).to_have_text(["Hannah"], timeout=15_000)


def test_a_stage_is_changed_in_place(office: Office, open_page: OpenPage) -> None:
    lead_id = office.lead()
    page = open_page("/leads")
    choice = page.get_by_label("Stage", exact=True).last
    choice.focus()
    choice.select_option("Won")
    expect(page.get_by_text("Hannah Clarke is now in the stage “Won”.")).to_be_visible()
    assert office.read(lead_id).stage_id == office.stage_ids["Won"]
    expect(choice).to_have_value("Won")
    expect(choice).to_be_focused()


def test_a_stage_that_cannot_be_stored_goes_back(office: Office, open_page: OpenPage) -> None:
    office.lead()
    page = open_page("/leads")
    page.route("**/stage-changes", lambda route: refuse(route))
    choice = page.get_by_label("Stage", exact=True).last
    choice.select_option("Won")
    expect(page.get_by_text("No connection.")).to_be_visible()
    expect(choice).to_have_value("New")
    page.unroute("**/stage-changes")
    choice.select_option("Lost")
    expect(page.get_by_text("now in the stage “Lost”")).to_be_visible()


def refuse(route: Route) -> None:
    route.abort("addressunreachable")


def test_search_filter_and_pages_swap_the_table_alone(office: Office, open_page: OpenPage) -> None:
    for number in range(60):
        office.lead(f"Lead {number}", hours_ago=number, stage="Won" if number % 2 else "New")
    page = open_page("/leads")
    page.evaluate("document.body.dataset.kept = 'yes'")
    page.get_by_role("link", name="Older").click()
    expect(page.locator("#lead-rows tr")).to_have_count(10)
    assert "after=" in page.url
    page.get_by_role("link", name="Newer").click()
    expect(page.locator("#lead-rows tr")).to_have_count(50)
    page.get_by_role("searchbox").press_sequentially("lead 59")
    expect(page.locator("#lead-rows th a")).to_have_text(["Lead 59"])
    assert "q=lead+59" in page.url or "q=lead%2059" in page.url
    page.get_by_role("searchbox").fill("")
    page.locator("#field-stage").select_option("Won")
    expect(page.locator("#lead-rows tr")).to_have_count(30)
    assert page.locator("#leads").count() == 1
    assert page.evaluate("document.body.dataset.kept") == "yes"
    page.go_back()
    expect(page.locator("#lead-rows th a")).to_have_text(["Lead 59"])
    expect(page.get_by_role("searchbox")).to_have_value("lead 59")


def test_the_page_of_a_lead_changes_in_place(office: Office, open_page: OpenPage) -> None:
    page = open_page(f"/leads/{office.lead()}")
    page.get_by_label("Add a note").fill("Gate code 1234")
    page.get_by_role("button", name="Save note").click()
    expect(page.get_by_text("Alice wrote a note")).to_be_visible()
    page.get_by_label("Stage", exact=True).select_option("Won")
    page.get_by_role("button", name="Save stage").click()
    expect(page.get_by_text("Alice moved it from New to Won")).to_be_visible()
    page.get_by_text("Correct or add details").click()
    page.get_by_label("Value").fill("lots")
    page.get_by_role("button", name="Save details").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter an amount")
    page.get_by_label("Value").fill("1,250.50")
    page.get_by_role("button", name="Save details").click()
    expect(page.get_by_text("£1,250.50")).to_be_visible()


def test_everything_works_without_javascript(office: Office, open_page: OpenPage) -> None:
    office.lead("Hannah")
    office.lead("Imran", stage="Lost")
    page = open_page("/leads", script=False)
    page.get_by_role("searchbox").fill("hann")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#lead-rows th a")).to_have_text(["Hannah"])
    page.get_by_role("link", name="Hannah").click()
    page.get_by_label("Stage", exact=True).select_option("Won")
    page.get_by_role("button", name="Save stage").click()
    expect(page.get_by_text("Alice moved it from New to Won")).to_be_visible()
    page.get_by_label("Add a note").fill("Rang twice")
    page.get_by_role("button", name="Save note").click()
    expect(page.get_by_text("Alice wrote a note")).to_be_visible()
    expect(page.get_by_text("Rang twice")).to_be_visible()
