"""Leads that start elsewhere: in Google's own lead form, and in another program."""

import re

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.fitting import check
from tests.browser.house import House

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_lead_from_googles_lead_form(signed_in: Page, house: House) -> None:
    page = signed_in
    page.goto("/website/google-lead-form")
    page.get_by_role("button", name="Make the address and the key").click()
    check(page, "the new key")
    steps = page.get_by_role("listitem")
    address = steps.filter(has_text="webhook URL:").locator("code").inner_text()
    key = steps.filter(has_text="as the key:").locator("code").inner_text()
    page.goto(f"{house.google}/lead-form")
    page.get_by_label("Webhook URL").fill(address)
    page.get_by_label("Key").fill(key)
    page.get_by_label("Full name").fill("Ludwig Leadform")
    page.get_by_role("button", name="Send the lead").click()
    expect(page.get_by_role("status")).to_have_text("taken")
    page.goto("/leads")
    expect(page.get_by_role("link", name="Ludwig Leadform")).to_be_visible(timeout=15_000)
    page.goto("/website/google-lead-form")
    check(page, "/website/google-lead-form")
    page.get_by_text("Became a lead").first.click()
    page.get_by_role("link", name="Open the lead").first.click()
    expect(page.get_by_role("heading", name="Ludwig Leadform")).to_be_visible()
    expect(page.get_by_text("Google Ads · lead form").first).to_be_visible()
    expect(page.get_by_text("Which roof is it about?: The flat one")).to_be_visible()


def test_a_lead_from_another_program(signed_in: Page) -> None:
    page = signed_in
    page.goto("/website/webhook")
    page.get_by_role("button", name="Make the address").click()
    address = page.get_by_text(re.compile("/hooks/leads/")).first.inner_text()
    body = {"contact": {"full_name": "Wendy Webhook", "mail": "wendy@example.com"}, "utm_source": "partner"}
    assert requests.post(address, json=body, timeout=10).status_code == 200
    page.goto("/website/webhook")
    expect(page.get_by_label("What “contact.full_name” becomes")).to_have_value("name")
    check(page, "/website/webhook")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Messages that waited become leads now.")).to_be_visible()
    page.goto("/leads")
    expect(page.get_by_role("link", name="Wendy Webhook")).to_be_visible(timeout=15_000)
