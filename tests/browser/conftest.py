"""One running Leader for all browser tests of a process; Chromium itself comes from tests/browsers.py."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.house import House, running
from tests.browser.steps import sign_in


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running(tmp_path_factory.mktemp("house")) as found:
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
