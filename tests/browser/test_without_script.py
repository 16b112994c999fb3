"""With JavaScript switched off the main paths of every area lead where they should."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from app.core.ids import new_id
from tests.browser.house import House
from tests.browser.steps import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def plain(chromium: Browser, house: House) -> Iterator[Page]:
    context = chromium.new_context(base_url=house.leader, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    sign_in(page, house)
    yield page
    context.close()


def send(page: Page, action: str) -> None:
    """Press the button of the form that goes to this address."""
    page.locator(f'form[action$="{action}"] button[type=submit]').first.click()


def test_leads_are_narrowed_moved_and_changed_together(plain: Page) -> None:
    page = plain
    page.goto("/leads")
    page.locator("#field-stage").select_option(label="Qualified")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url(re.compile("stage=Qualified"))
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Worth at least").fill("a lot")
    page.get_by_role("button", name="Show these leads").click()
    expect(page.get_by_label("Worth at least")).to_have_value("a lot")

    page.goto("/leads/board")
    card = page.locator('[data-stage="New"] [data-card]').first
    name = card.locator("a").inner_text()
    card.get_by_label("Stage").select_option(label="Contacted")
    card.get_by_role("button", name="Move").click()
    expect(page.locator('[data-stage="Contacted"]').get_by_text(name)).to_be_visible()

    page.goto("/leads/selection?stage=Contacted")
    page.get_by_label(re.compile(name)).check()
    page.locator("#bulk-stage").select_option(label="New")
    page.get_by_role("button", name="Change these leads").click()
    expect(page.get_by_text("1 lead is changed.")).to_be_visible()


def test_settings_exports_and_the_banner_of_practice(plain: Page) -> None:
    page, reason = plain, f"Reason {new_id().hex[-6:]}"
    page.goto("/settings/lost-reasons")
    page.get_by_label("Add a reason").fill(reason)
    send(page, "/settings/lost-reasons")
    expect(page.get_by_text(f"“{reason}” can be chosen from now on.")).to_be_visible()
    page.goto("/profile")
    send(page, "/profile")
    expect(page.locator(".toast").first).to_be_visible()
    page.goto("/settings/data")
    send(page, "/settings/data/exports")
    expect(page.locator(".toast").first).to_be_visible()


def test_google_ads_is_connected(plain: Page) -> None:
    page = plain
    page.goto("/connections")
    page.get_by_role("button", name="Connect Google Ads").first.click()
    page.locator("[data-person]").first.click()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url("**/connections/*")
    page.goto("/conversions")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_cookies_are_chosen(plain: Page) -> None:
    page = plain
    page.goto("/cookies")
    send(page, "/cookies/choice")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.locator(".toast, [role=status]").first.is_visible()
