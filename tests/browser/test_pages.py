"""Every page can be used by everybody: axe finds nothing, nothing overflows, and no script is needed."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.addresses import pages
from tests.browser.house import House
from tests.browser.steps import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PUBLIC = (
    "/",
    "/sign-in",
    "/sign-up",
    "/forgotten-password",
    "/privacy",
    "/support",
    "/statistics",
    "/cookies",
    "/styleguide",
    "/not-there",
)
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


def check(page: Page, address: str) -> None:
    """axe's rules for WCAG 2.2 AA, and no sideways scrolling."""
    results = Axe().run(page)
    assert results.violations_count == 0, f"{address}\n{results.generate_report()}"
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{address} is {overflow} px too wide"


@pytest.mark.parametrize("width", [1440, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_anybodys_way(signed_in: Page, width: int, scheme: str) -> None:
    page = signed_in
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for address in PRIVATE:
        page.goto(address)
        check(page, address)
    page.goto("/leads")
    page.get_by_role("link", name="Priya Nair").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Priya Nair")
    check(page, "a lead")


@pytest.mark.parametrize("width", [1440, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_a_visitors_way(chromium: Browser, house: House, width: int, scheme: str) -> None:
    context = chromium.new_context(
        base_url=house.leader,
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    for address in PUBLIC:
        page.goto(address)
        check(page, address)
    page.goto(f"{house.shop}/contact")
    hosted = page.frame_locator("iframe").get_by_role("button", name=re.compile("send", re.IGNORECASE))
    expect(hosted).to_be_visible()
    context.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 320)])
@pytest.mark.parametrize("who", ["everybody", "owner"])
def test_no_page_at_all_stands_in_anybodys_way(
    chromium: Browser, house: House, application: Flask, who: str, scheme: str, width: int
) -> None:
    context = chromium.new_context(
        base_url=house.leader,
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    if who == "owner":
        sign_in(page, house)
    seen, wrong = 0, []
    for address in pages(application, public=who == "everybody"):
        answer = context.request.get(address)
        if answer.status != 200 or "text/html" not in answer.headers["content-type"]:
            continue
        if "<html" not in answer.text():
            continue
        page.goto(address)
        seen += 1
        try:
            check(page, address)
        except AssertionError as error:
            wrong.append(str(error).partition("Passing")[0][:1500])
    assert not wrong, "\n".join(wrong)
    assert seen >= (10 if who == "everybody" else 30)
    context.close()


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


def test_nothing_jumps_and_nothing_is_refused(signed_in: Page) -> None:
    """No layout shift while HTMX swaps (a search, a change of stage, Undo), no report of the security policy."""
    page = signed_in
    page.add_init_script(
        "window.shifts = []; window.refused = [];"
        "new PerformanceObserver((list) => { for (const shift of list.getEntries()) window.shifts.push(shift.value) })"
        ".observe({type: 'layout-shift', buffered: true});"
        "addEventListener('securitypolicyviolation', (event) => window.refused.push(event.violatedDirective));"
    )
    page.goto("/leads")
    row = page.get_by_role("row", name=re.compile("Imran Sheikh"))
    row.get_by_label("Stage").select_option(label="Contacted")
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    undo.click()
    expect(row.get_by_label("Stage")).to_have_value("New")
    page.wait_for_timeout(500)
    assert page.evaluate("window.refused") == []
    assert sum(page.evaluate("window.shifts")) <= 0.01


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
