"""One running Leader for all browser tests of a process; Chromium itself comes from tests/browsers.py."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.house import House, running
from tests.browser.steps import sign_in


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    # pytest's own folder is closed to the account that PostgreSQL runs as.
    folder = tempfile.TemporaryDirectory(prefix="leader-house-", ignore_cleanup_errors=True)
    with folder as name, running(Path(name)) as found:
        yield found


@pytest.fixture
def page(chromium: Browser, house: House) -> Iterator[Page]:
    """A new browser profile with one page. What the page complains about fails the test."""
    context = chromium.new_context(locale="en-GB", timezone_id="Europe/London", base_url=house.leader)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def signed_in(page: Page, house: House) -> Page:
    """The page of the demo company's owner."""
    sign_in(page, house)
    return page
