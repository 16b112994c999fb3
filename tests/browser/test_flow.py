"""The spine of the product: from an ad's click to Google's verdict, and out again."""

import re

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.house import House
from tests.browser.steps import connect_and_map, delete_connection, send_quote, win

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_from_the_ad_to_the_verdict_and_out_again(signed_in: Page, house: House) -> None:
    page = signed_in
    connect_and_map(page)

    page.goto("/leads")
    send_quote(page.context.new_page(), house, "gclid", "Maria Metal")
    row = page.get_by_role("row", name=re.compile("Maria Metal"))
    expect(row).to_be_visible(timeout=15_000)  # without a reload
    expect(row).to_contain_text("Paid Search")

    win(page, "Maria Metal")
    main = page.locator("main")
    expect(main).to_contain_text("metal roof repair")
    expect(main).to_contain_text("/metal-roof-repair")  # where the walk began, two pages before the form
    expect(main).to_contain_text("gclid")
    receipt = page.locator(".receipt")
    expect(receipt).to_contain_text("Accepted by Google", timeout=60_000)
    receipt.locator("summary").click()
    expect(receipt).to_contain_text("E-mail, as a hash")
    expect(receipt).to_contain_text("m•••@customer.example")
    counted = requests.get(f"{house.google}/practice/api/conversions", timeout=10).json()["conversions"]
    assert [(conversion["value"], conversion["count"]) for conversion in counted] == [(250.0, 1)]

    delete_connection(page)
    expect(main).to_contain_text(re.compile("revoked", re.IGNORECASE))
    expect(main).to_contain_text(re.compile("erased", re.IGNORECASE))
    grants = requests.get(f"{house.google}/practice/api/grants", timeout=10).json()["grants"]
    assert grants and all(grant["revoked_at"] for grant in grants)
