"""Every page can be used by everybody: axe finds nothing, nothing overflows, print leaves the shell out, and an Arabic
reader reads Arabic from right to left."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser.arabic import check_arabic
from tests.browser.fitting import check, fits
from tests.browser.house import House
from tests.browser.steps import sign_in, sign_up_in_arabic
from tests.browser.walk import specimens

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PRIVATE = (
    "/leads",
    "/leads?stage=Won",
    "/leads?q=zzz",
    "/calls",
    "/today",
    "/reports",
    "/conversions",
    "/connections",
    "/website",
    "/profile",
    "/notifications",
    "/settings/notifications",
    "/settings/team",
    "/getting-started",
)


def check_enlarged_and_printed(page: Page, address: str) -> None:
    """At 200 %, on half a screen, nothing overflows; paper carries no navigation."""
    page.set_viewport_size({"width": 640, "height": 700})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    fits(page, f"{address} at 200 %")
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(media="print")
    shown = page.locator("nav:visible, .toasts:visible, button:visible").count()
    page.emulate_media(media="screen")
    assert shown == 0, f"{address} prints {shown} things that lead nowhere on paper"


@pytest.mark.parametrize("who", ["everybody", "owner"])
def test_no_page_stands_in_anybodys_way(chromium: Browser, house: House, application: Flask, who: str) -> None:
    """In English, light, on a desk; then as large print and on paper."""
    context = chromium.new_context(base_url=house.leader, viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = context.new_page()
    if who == "owner":
        sign_in(page, house)
    found = specimens(application, context.request, public=who == "everybody")
    assert len(found) >= (15 if who == "everybody" else 40)
    wrong = []
    for address in [*found.values(), "/not-there"]:
        page.goto(address)
        wrong += _complaints(page, address, check, check_enlarged_and_printed)
    context.close()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", ["everybody", "owner"])
def test_every_page_speaks_arabic(chromium: Browser, house: House, application: Flask, who: str) -> None:
    """In Arabic, dark, on a phone, for a company whose every word is Arabic."""
    context = chromium.new_context(
        base_url=house.leader, viewport={"width": 320, "height": 740}, locale="ar", color_scheme="dark"
    )
    page = context.new_page()
    if who == "owner":
        sign_up_in_arabic(page)
    found = specimens(application, context.request, public=who == "everybody")
    assert len(found) >= (15 if who == "everybody" else 40)
    wrong = []
    for endpoint, address in found.items():
        if endpoint == "public.styleguide" or "language=en" in address:  # for developers; asked for in English
            continue
        page.goto(address)
        wrong += _complaints(page, address, check, check_arabic)
    context.close()
    assert not wrong, "\n".join(wrong)


def _complaints(page: Page, address: str, *checks: Callable[[Page, str], None]) -> list[str]:
    """What the checks say against the page, so that one run tells of all pages."""
    said = []
    for one in checks:
        try:
            one(page, address)
        except AssertionError as error:
            said.append(str(error).partition("Passing")[0][:1500])
    return said


def test_states_stand_in_nobodys_way(chromium: Browser, house: House) -> None:
    """Nothing found, a refusal, spam, a toast, an open dialog, menu and palette: light and dark."""
    page = chromium.new_page(base_url=house.leader, locale="en-GB", reduced_motion="reduce")
    sign_in(page, house)
    page.goto("/leads")
    page.get_by_role("row", name=re.compile("Bethan Rees")).get_by_label("Stage").select_option(label="Qualified")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    _both(page, "a toast")
    page.get_by_role("button", name="Filters").click()
    expect(page.get_by_label("Worth at least")).to_be_visible()
    _both(page, "filters")
    page.keyboard.press("Control+k")
    page.keyboard.type("lea")
    _both(page, "the palette")
    page.keyboard.press("Escape")
    page.locator("summary").filter(has_text="Alex Morgan").last.click()
    _both(page, "a menu")
    for address in ("/leads?q=zzz", "/leads?stage=spam", "/leads?least=much", "/reports?period=none", "/leads/board"):
        page.goto(address)
        _both(page, address)
    page.goto("/leads/new")
    page.get_by_label("E-mail").fill("no address")
    page.get_by_role("button", name="Add lead").click()
    expect(page.get_by_role("alert")).to_be_visible()
    _both(page, "a refused form")
    page.goto("/styleguide")
    page.locator("button[command=show-modal]").first.click()
    _both(page, "a dialog")
    page.close()


def _both(page: Page, state: str) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_timeout(300)  # colours change over a moment, and axe would judge the moment
        check(page, f"{state}, {scheme}")


def test_without_a_script_no_button_is_dead(chromium: Browser, house: House) -> None:
    context = chromium.new_context(base_url=house.leader, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, house)
    for address in (*PRIVATE, "/", "/cookies", "/statistics"):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        dead = page.locator("button[type=button]:visible:not([commandfor])")
        assert dead.count() == 0, f"{address}: {dead.first.inner_text()}"
    context.close()


def test_a_bad_line_offers_another_try(chromium: Browser, house: House) -> None:
    page = chromium.new_page(base_url=house.leader)
    sign_in(page, house)
    page.route("**/stage-changes", lambda route: route.fulfill(status=503, body=""))
    row = page.get_by_role("row", name=re.compile("Tom Ashworth"))
    row.get_by_label("Stage").select_option(label="Qualified")
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    expect(row.get_by_label("Stage")).to_have_value("Contacted")
    page.unroute("**/stage-changes")
    again.click()
    expect(row.get_by_label("Stage")).to_have_value("Qualified")
    page.close()


def test_a_lead_is_won_without_a_script(chromium: Browser, house: House) -> None:
    context = chromium.new_context(base_url=house.leader, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{house.shop}/quote?utm_source=newsletter&utm_medium=email")
    page.get_by_label("Your name").fill("Nora Noscript")
    page.get_by_label("E-mail").fill("nora@customer.example")
    page.get_by_label("What does the roof need?").fill("A new one.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("thank", re.IGNORECASE))
    sign_in(page, house)
    page.get_by_role("link", name="Nora Noscript").click()
    page.get_by_label("Stage").select_option(label="Contacted")
    page.get_by_role("button", name="Save stage").click()
    expect(page.locator("main")).to_contain_text("from New to Contacted")
    page.get_by_label("Add a note").fill("Called back, wants slate.")
    page.get_by_role("button", name="Save note").click()
    expect(page.locator("main")).to_contain_text("wants slate")
    page.locator("summary").filter(has_text="Alex Morgan").last.click()
    page.get_by_role("button", name="Sign out").last.click()
    page.goto("/leads")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sign in")
    context.close()
