"""Nothing jumps while HTMX swaps: the browser's own count of layout shifts, without leaving any out."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.core.ids import new_id
from tests.browser.house import House
from tests.browser.steps import send_quote

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WATCH = """
  window.shifts = []; window.refused = [];
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries())
      for (const source of shift.sources) window.shifts.push([shift.value, source.node?.outerHTML?.slice(0, 120)]);
  }).observe({type: 'layout-shift', buffered: true});
  addEventListener('securitypolicyviolation', (event) => window.refused.push(event.violatedDirective));
"""


@pytest.fixture
def watched(signed_in: Page) -> Page:
    signed_in.add_init_script(WATCH)
    return signed_in


def still(page: Page, what: str, act: Callable[[], None]) -> None:
    """Act, let everything settle, and find that nothing moved and nothing was refused."""
    page.wait_for_load_state("networkidle")
    page.evaluate("window.shifts.length = 0")
    act()
    page.wait_for_timeout(400)
    assert page.evaluate("window.shifts") == [], what
    assert page.evaluate("window.refused") == [], what


def test_the_table_stands_still(watched: Page, house: House) -> None:
    page = watched
    page.goto("/leads")
    search = page.locator("input[data-search]")

    def look_for(words: str, there: str) -> None:
        search.fill(words)
        expect(page.get_by_role("row", name=re.compile(there))).to_be_visible()

    still(page, "a search", lambda: look_for("hannah", "Hannah Clarke"))
    still(page, "all again", lambda: look_for("", "Imran Sheikh"))

    def filter_by_stage() -> None:
        page.locator("#field-stage").select_option(label="Won")
        expect(page.get_by_role("row", name=re.compile("Hannah Clarke"))).not_to_be_visible()

    still(page, "a stage", filter_by_stage)
    page.goto("/leads")
    row = page.get_by_role("row", name=re.compile("Imran Sheikh"))

    def change_and_undo() -> None:
        row.get_by_label("Stage").select_option(label="Contacted")
        page.get_by_role("button", name="Undo").click()
        expect(row.get_by_label("Stage")).to_have_value("New")

    still(page, "a change of stage, a toast and Undo", change_and_undo)

    name = f"Nina {new_id().hex[-6:]}"

    def arrive() -> None:
        send_quote(page.context.new_page(), house, "gclid", name)
        expect(page.get_by_role("row", name=re.compile(name))).to_be_visible(timeout=15_000)

    still(page, "a new lead", arrive)


def test_the_page_of_a_lead_and_the_board_stand_still(watched: Page) -> None:
    page = watched
    page.goto("/leads")
    page.get_by_role("link", name="Ravi Patel").click()

    def change_stage() -> None:
        page.get_by_label("Stage", exact=True).select_option(label="Qualified")
        page.get_by_role("button", name="Save stage").click()
        expect(page.get_by_role("button", name="Undo")).to_be_visible()

    still(page, "a change of stage on the lead's page", change_stage)
    page.goto("/leads/board")
    card = page.locator('[data-stage="New"] [data-card]').first
    name = card.locator("a").inner_text()

    def move() -> None:
        card.locator("[data-handle]").press("ArrowRight")
        expect(page.locator('[data-stage="Contacted"]').get_by_text(name)).to_be_visible()

    still(page, "a move on the board", move)
