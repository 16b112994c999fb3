"""From the switch to the first call: set up, ring from the practice telephone, and call back."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fitting import check
from tests.browser.house import House

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TOKEN = "practice-auth-token"
CALLER = "+447700900321"


def test_from_the_switch_to_the_task(signed_in: Page, house: House) -> None:
    page = signed_in
    page.goto("/settings/calls")
    page.get_by_role("button", name="Switch calls on").click()
    page.get_by_label("Auth token").fill(TOKEN)
    page.locator("#twilio").get_by_role("button", name="Connect").click()
    page.get_by_label("Number", exact=True).fill("+44 20 7946 0018")
    page.get_by_label("Where it stands").fill("google")
    page.get_by_label("Kind of advertising").fill("cpc")
    page.get_by_role("button", name="Add the number").click()
    expect(page.locator("#numbers")).to_contain_text("+442079460018")
    check(page, "/settings/calls")

    telephone = page.context.new_page()
    telephone.goto(f"{house.google}/calls")
    telephone.get_by_label("Address for Twilio").fill(page.locator("#address-twilio").inner_text())
    telephone.get_by_label("Who calls").fill(CALLER)
    telephone.get_by_role("button", name="Nobody picks up").click()
    expect(telephone.get_by_role("status")).to_contain_text("no-answer: taken")

    page.goto("/calls?outcome=missed")
    check(page, "/calls")
    row = page.get_by_role("row").filter(has_text=CALLER)
    expect(row.get_by_role("link", name=CALLER)).to_have_attribute("href", f"tel:{CALLER}")
    row.get_by_role("link", name="No name yet").click()
    expect(page.locator("#tasks")).to_contain_text(f"Call back {CALLER}")
    expect(page.locator("#calls")).to_contain_text("Missed")
    check(page, "the page of a lead with a call")
