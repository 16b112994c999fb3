"""A lead arrives: the bell rings, and the mail leads to it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.house import House
from tests.browser.steps import send_quote

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_from_the_form_to_the_bell_and_the_mail(signed_in: Page, house: House) -> None:
    page = signed_in
    send_quote(page.context.new_page(), house, "gclid", "Billie Bell")

    mail = page.context.new_page()
    subject = mail.get_by_role("link", name="New lead: Billie Bell")
    for _ in range(20):
        mail.goto(f"{house.google}/mail")
        if subject.count():
            break
        mail.wait_for_timeout(500)
    subject.first.click()
    framed = mail.frame_locator("iframe")
    expect(framed.get_by_role("link", name="0161 496 0123")).to_have_attribute("href", "tel:+441614960123")
    with mail.expect_popup() as opened:
        framed.get_by_role("link", name="Open the lead").click()
    expect(opened.value.get_by_role("heading", level=1)).to_contain_text("Billie Bell")

    page.goto("/leads")
    bell = page.get_by_role("link", name=re.compile(r"Notifications.*\d+ new"))
    expect(bell).to_be_visible(timeout=10_000)  # the figure comes by itself
    bell.click()
    page.get_by_role("button", name="Open: New lead: Billie Bell").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Billie Bell")
