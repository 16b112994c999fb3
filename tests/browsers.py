"""Tests marked `browser` need Chromium: without it they are skipped and say why; with CI=true they fail."""

import os

import pytest

from deploy import chromium


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") is None or chromium.find() is not None:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(chromium.why_missing(), pytrace=False)
    pytest.skip(chromium.why_missing())


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The program that Playwright is told to start."""
    path = chromium.find()
    assert path is not None
    return path
