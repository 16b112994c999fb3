"""What search engines, shared links and finders of weaknesses read."""

import xml.etree.ElementTree as ET
from datetime import datetime, timedelta

import pytest

from app.core.clock import utc_now
from tests.fixtures.browser import BASE_URL, Browser

NAMES = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def test_the_sitemap_lists_pages_that_are_there(client: Browser) -> None:
    assert f"Sitemap: {BASE_URL}/sitemap.xml\n" in client.get("/robots.txt").text
    answer = client.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    pages = [place.text or "" for place in ET.fromstring(answer.text).iter(f"{NAMES}loc")]  # noqa: S314 - our own
    assert f"{BASE_URL}/" in pages
    for page in pages:
        assert client.get(page.removeprefix(BASE_URL)).status_code == 200


def test_security_txt_is_valid_for_a_while(client: Browser) -> None:
    lines = dict(line.split(": ", 1) for line in client.get("/.well-known/security.txt").text.splitlines())
    assert lines["Contact"].startswith("mailto:")
    left = datetime.fromisoformat(lines["Expires"]) - utc_now()
    assert timedelta(days=90) < left < timedelta(days=366)


@pytest.mark.parametrize("address", ["/", "/statistics", "/cookies"])
def test_a_public_page_describes_itself(client: Browser, address: str) -> None:
    page = client.get(address).text
    assert '<meta name="description"' in page and 'property="og:title"' in page
    assert f'<link rel="canonical" href="{BASE_URL}{address}">' in page


def test_the_pictures_of_the_home_page_are_there(client: Browser) -> None:
    page = client.get("/").text
    for name in ("leads", "lead"):
        for scheme in ("light", "dark"):
            address = next(part for part in page.split('"') if f"img/{name}-{scheme}.webp" in part)
            answer = client.get(address)
            assert answer.status_code == 200 and answer.data[8:12] == b"WEBP" and len(answer.data) < 120_000
