"""A shop owner brings the people of a spreadsheet along, sees what becomes of it, and takes it back."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fitting import check

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FILE = """Full name;Mobile;E-mail;Created;Notes
Zenobia Quillfeather;07700 900777;zenobia@example.com;01/03/2026;Asked about a flat roof
Zachary Quillfeather;07700 900778;no address;02/03/2026;
Zoltan Quillfeather;07700 900779;;02/03/2026;
"""


def test_bringing_people_along(signed_in: Page, tmp_path: Path) -> None:
    page, file = signed_in, tmp_path / "customers.csv"
    file.write_bytes(FILE.encode("cp1252"))
    page.goto("/leads/new")
    page.get_by_role("link", name="Import from a file").click()
    check(page, "/leads/imports")
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", name="customers.csv")).to_be_visible()
    expect(page.get_by_label("What “Mobile” becomes")).to_have_value("phone")
    expect(page.get_by_text("Line 3: “no address” is no e-mail address.")).to_be_visible()
    check(page, "the columns")
    page.get_by_label("What “Notes” becomes").select_option("")
    page.get_by_role("button", name="Show what becomes of it").click()
    expect(page.get_by_label("What “Notes” becomes")).to_have_value("")
    page.get_by_role("button", name="Import 3 lines").click()
    expect(page.get_by_text("2 leads came in")).to_be_visible(timeout=30_000)
    check(page, "the end of an import")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download the refused lines").click()
    assert "Zachary Quillfeather" in waiting.value.path().read_text(encoding="utf-8-sig")
    page.goto("/leads?q=quillfeather")
    expect(page.get_by_role("link", name="Zenobia Quillfeather")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Undo this import").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("2 leads were taken away")).to_be_visible(timeout=30_000)
    page.goto("/leads?q=quillfeather")
    expect(page.get_by_text("No lead fits")).to_be_visible()
