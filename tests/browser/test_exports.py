"""A shop owner takes everything along: asks, waits, downloads, looks through it without a network, has it checked."""

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.fitting import check
from tests.browser.house import House
from tests.browser.steps import send_quote

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def _take_along(page: Page, house: House, folder: Path) -> Path:
    page.goto("/settings/data")
    page.get_by_role("button", name="Export everything").click()
    expect(page.get_by_role("link", name="Download", exact=True).first).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="Download", exact=True).first.click()
    page.get_by_label("Your password").fill(house.password)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    target = folder / waiting.value.suggested_filename
    waiting.value.save_as(target)
    return target


def test_taking_everything_along(signed_in: Page, chromium: Browser, house: House, tmp_path: Path) -> None:
    page = signed_in
    name = "Zoe <b>Quill</b>"
    send_quote(page.context.new_page(), house, "gclid", name)
    archive = _take_along(page, house, tmp_path)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path)
    context = chromium.new_context(offline=True)
    offline = context.new_page()
    complaints: list[str] = []
    offline.on("console", lambda message: complaints.append(message.text))
    offline.on("pageerror", lambda error: complaints.append(str(error)))
    offline.goto((tmp_path / "index.html").as_uri())
    offline.get_by_label("Search", exact=True).fill("quill")
    expect(offline.get_by_role("cell", name=name, exact=True)).to_be_visible()
    offline.get_by_label("Search", exact=True).fill("nobody at all")
    expect(offline.get_by_role("status")).to_contain_text("0 of")
    offline.get_by_label("Search", exact=True).fill("")
    offline.get_by_label("Search a whole file").set_input_files(tmp_path / "data" / "users.jsonl")
    expect(offline.get_by_role("cell", name=house.email, exact=True)).to_be_visible()
    check(offline, "index.html")
    assert complaints == []
    context.close()
    page.goto("/verify-export")
    page.get_by_label("The archive (.zip)").set_input_files(archive)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("status").filter(has_text="Unchanged")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_stand_in_nobodys_way(signed_in: Page, width: int, scheme: str) -> None:
    page = signed_in
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    addresses = ("/settings/data", "/settings/data/mine", "/settings/data/record", "/privacy/data", "/verify-export")
    for address in addresses:
        page.goto(address)
        check(page, address)
