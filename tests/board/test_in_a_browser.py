"""The board in Chromium: cards move by the pointer and by the keyboard, and a lost one waits for its reason."""

import pytest
from playwright.sync_api import expect

from tests.leads.conftest import Office
from tests.leads.test_in_a_browser import OpenPage
from tests.leads.test_in_a_browser import address as address
from tests.leads.test_in_a_browser import open_page as open_page

pytestmark = pytest.mark.browser


def test_a_card_is_dragged(office: Office, open_page: OpenPage) -> None:
    lead_id = office.lead("Ada")
    page = open_page("/leads/board")
    page.locator("[data-handle]").hover()
    page.mouse.down()
    page.locator('[data-stage="Qualified"]').hover()
    page.mouse.up()
    expect(page.locator('[data-stage="Qualified"] .board__name')).to_have_text("Ada")
    assert office.read(lead_id).stage_id == office.stage_ids["Qualified"]
    page.get_by_role("button", name="Undo").click()
    expect(page.locator('[data-stage="New"] .board__name')).to_have_text("Ada")


def test_the_arrow_keys_move_a_card_and_keep_the_focus(office: Office, open_page: OpenPage) -> None:
    office.lead("Ada")
    page = open_page("/leads/board")
    page.locator("[data-handle]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator('[data-stage="Contacted"] .board__name')).to_have_text("Ada")
    expect(page.locator("[data-handle]")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator('[data-stage="New"] .board__name')).to_have_text("Ada")


def test_a_lost_card_waits_for_its_reason(office: Office, open_page: OpenPage) -> None:
    lead_id = office.lead("Ada", stage="Won")
    page = open_page("/leads/board")
    page.locator("[data-handle]").focus()
    page.keyboard.press("ArrowRight")
    reason = page.locator(".board__reason:visible")
    expect(reason).to_be_focused()
    reason.select_option(index=1)
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator('[data-stage="Lost"] .board__name')).to_have_text("Ada")
    assert office.read(lead_id).lost_reason_id


def test_without_a_script_a_card_is_moved_by_its_button(office: Office, open_page: OpenPage) -> None:
    office.lead("Ada")
    page = open_page("/leads/board", script=False)
    page.get_by_label("Stage", exact=True).select_option("Won")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator('[data-stage="Won"] .board__name')).to_have_text("Ada")
