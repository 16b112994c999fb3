"""The command palette and the keys: everything is reached without a mouse."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fitting import check

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_palette_finds_pages_leads_and_actions(signed_in: Page) -> None:
    page = signed_in
    page.keyboard.press("Control+k")
    palette, entry = page.locator("#palette"), page.locator("#palette input")
    expect(entry).to_be_focused()
    check(page, "the palette")
    entry.fill("conv")
    expect(palette.get_by_role("option", selected=True)).to_contain_text("Conversions")
    page.keyboard.press("Enter")
    page.wait_for_url("**/conversions")

    page.get_by_role("button", name="Go to…").first.click()
    entry.fill("hannah")
    expect(palette.get_by_role("option", name="Hannah Clarke")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hannah Clarke")

    page.keyboard.press("Control+k")
    entry.fill("zzzzz")
    expect(palette.get_by_role("status")).to_contain_text("Nothing fits")
    page.keyboard.press("Enter")
    expect(palette).not_to_be_visible()


def test_keys_lead_everywhere_and_can_be_switched_off(signed_in: Page) -> None:
    page = signed_in
    page.keyboard.press("?")
    keys = page.locator("#keys")
    expect(keys).to_be_visible()
    expect(keys).to_contain_text(re.compile("g\\s*l\\s*Leads"))
    check(page, "the keys")
    page.keyboard.press("Escape")
    expect(keys).not_to_be_visible()
    page.keyboard.type("gc")
    page.wait_for_url("**/conversions")
    page.keyboard.type("gl")
    page.wait_for_url("**/leads")
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator("#lead-rows th a").nth(1)
    expect(second).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("/")
    expect(page.locator("[data-search]:is(input)")).to_be_focused()
    page.keyboard.type("g c ?")
    expect(keys).not_to_be_visible()

    page.goto("/conversions")
    page.keyboard.press("?")
    keys.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.type("gl")
    page.keyboard.press("?")
    expect(keys).not_to_be_visible()
    assert page.url.endswith("/conversions")
