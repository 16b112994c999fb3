"""What people do: sign in, walk through the demo shop, connect Google Ads, win a lead."""

import re

from playwright.sync_api import Page, expect

from app.core.ids import new_id
from tests.browser.house import House


def sign_in(page: Page, house: House) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(house.email)
    page.get_by_label("Password").fill(house.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/leads")


def sign_up_in_arabic(page: Page) -> None:
    """A new company whose people, words and first lead are Arabic."""
    page.goto("/sign-up")
    for name, value in (
        ("name", "ليلى حداد"),
        ("email", f"{new_id().hex}@customer.example"),
        ("company", "أسقف الشمال"),
        ("job_title", "مالكة"),
        ("password", "seven quiet harbour lamps"),
    ):
        page.locator(f"input[name={name}]").fill(value)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(lambda address: "/sign-up" not in address)
    page.goto("/leads/new")
    page.locator("input[name=name]").fill("سامي نصر")
    page.locator("textarea[name=message]").fill("السقف يحتاج إلى إصلاح.")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/leads/*-*")


def send_quote(page: Page, house: House, link: str, name: str, *, consent: str = "granted") -> None:
    """Follow an ad, answer the cookie question, walk to another page, and send the form."""
    page.goto(f"{house.shop}/ads")
    page.locator(f'[data-link="{link}"]').first.click()
    page.locator(f'[data-consent-choice="{consent}"]').first.click()
    page.get_by_role("link", name="Services").first.click()
    page.get_by_role("link", name=re.compile("quote", re.IGNORECASE)).first.click()
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail").fill(f"{name.split()[0].lower()}@customer.example")
    page.get_by_label("Phone").fill("0161 496 0123")
    page.get_by_label("What does the roof need?").fill("It lets the rain in.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("thank", re.IGNORECASE))


def connect_and_map(page: Page) -> None:
    """Connect as the shop's owner, with the only ad account, and report Won with 250."""
    page.goto("/connections")
    page.get_by_role("button", name="Connect Google Ads").click()
    page.locator("[data-person]").first.click()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url("**/connections/*")
    choose = page.get_by_role("link", name="Choose what is reported")
    expect(choose).to_be_visible(timeout=30_000)
    choose.click()
    page.get_by_label("When a lead becomes").select_option(label="Won")
    page.get_by_label("Value", exact=True).fill("250")
    page.get_by_role("button", name="Report this stage").click()
    expect(page.get_by_text("From now on this stage is reported")).to_be_visible()


def win(page: Page, name: str) -> None:
    """Change the stage in the table and open the lead."""
    page.goto("/leads")
    row = page.get_by_role("row", name=re.compile(name))
    with page.expect_response(lambda response: "/stage-changes" in response.url) as answered:
        row.get_by_label("Stage").select_option(label="Won")
    assert answered.value.ok
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def delete_connection(page: Page) -> None:
    page.goto("/connections")
    page.get_by_role("button", name="Delete connection").first.click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("delete|yes", re.IGNORECASE)).click()
    expect(page.get_by_role("heading", name="What happened")).to_be_visible(timeout=20_000)
