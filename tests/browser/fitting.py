"""What holds for every page: axe finds nothing, and nothing scrolls sideways."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def check(page: Page, address: str) -> None:
    """axe's rules for WCAG 2.2 AA, and no sideways scrolling."""
    results = Axe().run(page)
    assert results.violations_count == 0, f"{address}\n{results.generate_report()}"
    fits(page, address)


_WIDEST = """() => [...document.querySelectorAll("main *")]
  .filter((part) => part.getBoundingClientRect().right > document.documentElement.clientWidth)
  .slice(-5).map((part) => part.outerHTML.slice(0, 120))"""
"""What sticks out, the innermost parts last."""


def fits(page: Page, address: str) -> None:
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{address} is {overflow} px too wide: {page.evaluate(_WIDEST)}"
