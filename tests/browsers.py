"""Tests marked `browser` need Chromium: without it they are skipped and say why; with CI=true they fail.

One Chromium for each test process: Playwright cannot be started a second time beside itself.
"""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from deploy import chromium as program

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") is None or program.find() is not None:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(program.why_missing(), pytrace=False)
    pytest.skip(program.why_missing())


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The program that Playwright is told to start."""
    path = program.find()
    assert path is not None
    return path


@pytest.fixture(scope="session")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """Chromium itself; each test opens a profile of its own in it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        yield browser
        browser.close()
