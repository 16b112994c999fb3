"""A stranger signs up, sees the tag come alive on a website of their own, and has a test lead on the screen."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import house as house
from tests.browser.conftest import page as page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIVE_MINUTES = 300


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_ignored: object) -> None:
        pass


@contextmanager
def website(folder: Path) -> Iterator[str]:
    """Another website than Leader, made of files; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def sign_up(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Sign up").first.click()
    page.get_by_label("Your name").fill("Stella Stranger")
    page.get_by_label("E-mail").fill("stella@stranger.example")
    page.get_by_label("Company").fill("Stella's Stairs")
    page.get_by_label(re.compile("role", re.IGNORECASE)).fill("Owner")
    page.get_by_label("Password").fill("seven quiet harbour lamps")
    page.get_by_role("button", name="Sign up").click()


def test_from_sign_up_to_a_test_lead_in_under_five_minutes(page: Page, tmp_path: Path) -> None:
    start = time.monotonic()
    sign_up(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Getting started")
    expect(page.locator("#progress")).to_contain_text("Waiting for the first visit")

    page.get_by_role("link", name="Plain HTML").click()
    line = page.locator("#snippet-tag").inner_text()
    (tmp_path / "quote.html").write_text(f"<!doctype html><title>Stairs</title><head>{line}</head><h1>Stairs</h1>")
    with website(tmp_path) as address:
        visitor = page.context.new_page()
        visitor.goto(f"{address}/quote.html?utm_source=google")
        expect(page.locator("#progress")).to_contain_text("Your website was seen: /quote.html")  # without a reload
        visitor.close()

    page.get_by_role("button", name="Send a test lead").click()
    page.wait_for_url("**/leads")
    row = page.get_by_role("row", name=re.compile("Test lead"))
    expect(row).to_contain_text("Test")
    expect(row).to_contain_text("Google")
    assert time.monotonic() - start < FIVE_MINUTES

    page.goto("/getting-started")
    expect(page.locator("#progress")).to_contain_text("2 of 3 steps done")
    assert page.locator("#progress").get_attribute("hx-get") is None
