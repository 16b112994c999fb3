"""Photographs the pages of a running Leader into docs/screenshots: `python -m tests.browser.screenshots`."""

import base64
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from deploy import chromium
from tests.browser.house import House, running
from tests.browser.steps import connect_and_map, send_quote, sign_in, win
from tests.browsers import ARGUMENTS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "screenshots"
FOR_HOME = ROOT / "static" / "img"
"""The home page shows these, in the colours of the reader's device."""

HOME_SIZE = {"width": 1280, "height": 800}
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}


def main() -> int:
    path = chromium.find()
    if path is None:
        print(chromium.why_missing(), file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="leader-pictures-", ignore_cleanup_errors=True) as folder,
        running(Path(folder)) as house,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        walk(browser, house)
        browser.close()
    return 0


def walk(browser: Browser, house: House) -> None:
    """The demo company's owner connects, wins a lead, and looks at everything, on a desk and on a phone."""
    context = browser.new_context(
        viewport=DESKTOP, locale="en-GB", timezone_id="Europe/London", base_url=house.leader, color_scheme="light"
    )
    page = context.new_page()
    take = camera(page)
    for name, address in (("sign-up", "/sign-up"), ("privacy", "/privacy"), ("support", "/support")):
        page.goto(address)
        take(name)
    sign_in(page, house)
    take("leads-demo")
    page.goto("/connections")
    take("connections-empty")
    connect_and_map(page)
    take("conversions-mapped")
    send_quote(context.new_page(), house, "gclid", "Maria Metal")
    win(page, "Maria Metal")
    expect(page.locator(".receipt")).to_contain_text("Accepted by Google", timeout=60_000)
    take("lead")
    for name, address in (
        ("leads", "/leads"),
        ("conversions", "/conversions"),
        ("connections", "/connections"),
        ("website", "/website"),
        ("profile", "/profile"),
        ("getting-started", "/getting-started"),
        ("today", "/today"),
        ("reports", "/reports"),
        ("cookies", "/cookies"),
    ):
        page.goto(address)
        take(name)
    for url, name in (
        (house.shop, "demo-shop"),
        (f"{house.shop}/ads", "demo-shop-ads"),
        (house.google, "practice-google"),
    ):
        page.goto(url)
        take(name)
    lead = page.context.new_page()
    lead.goto("/leads")
    lead.get_by_role("link", name="Maria Metal").click()
    address = lead.url
    photograph_for_home(context, {"leads": "/leads", "lead": address})
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.goto("/leads")
    page.keyboard.press("Control+k")
    page.screenshot(path=str(FOLDER / "palette.png"))
    page.keyboard.press("Escape")
    for scheme, size, suffix in (("dark", DESKTOP, "dark"), ("light", PHONE, "phone")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for name, where in (("leads", "/leads"), ("lead", address), ("connections", "/connections")):
            page.goto(where)
            take(f"{name}-{suffix}")
    photograph_the_style_guide(page)
    context.clear_cookies()
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.goto("/")
    take("home")
    context.close()


def photograph_the_style_guide(page: Page) -> None:
    """Every component in every state, on a desk and on a phone, light and dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for name, size in (("desk", DESKTOP), ("phone", PHONE)):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.goto("/styleguide")
            camera(page)(f"styleguide-{name}-{scheme}")


def photograph_for_home(context: BrowserContext, pages: dict[str, str]) -> None:
    """One screenful of each page in both themes, as WebP; without the banners that only a practice world has."""
    FOR_HOME.mkdir(exist_ok=True)
    page = context.new_page()
    page.set_viewport_size(HOME_SIZE)  # type: ignore[arg-type]
    lens = context.new_cdp_session(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for name, address in pages.items():
            page.goto(address)
            page.locator(".shell__notice").evaluate("(notice) => notice.remove()")
            page.wait_for_timeout(300)
            shot = lens.send("Page.captureScreenshot", {"format": "webp", "quality": 82})
            (FOR_HOME / f"{name}-{scheme}.webp").write_bytes(base64.b64decode(shot["data"]))
    page.close()


def camera(page: Page) -> Callable[[str], None]:
    def take(name: str) -> None:
        page.screenshot(path=str(FOLDER / f"{name}.png"), full_page=True)

    return take


if __name__ == "__main__":
    sys.exit(main())
