"""The pages that everybody may read."""

import re

import pytest

from tests.fixtures.browser import Browser
from tests.fixtures.people import Person


@pytest.mark.parametrize("address", ["/", "/privacy", "/support", "/sign-in", "/sign-up"])
def test_a_page_and_its_headers(client: Browser, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.text.count("<h1") == 1
    headers = answer.headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"\sstyle=|\son\w+=|hx-on|<style", answer.text)


@pytest.mark.parametrize("address", ["/", "/privacy", "/support"])
def test_every_page_links_the_policy_and_support(client: Browser, address: str) -> None:
    page = client.get(address).text
    assert 'href="/privacy"' in page and 'href="/support"' in page


def test_home_leads_to_sign_up_and_sign_in(client: Browser) -> None:
    page = client.get("/").text
    assert 'href="/sign-up"' in page and 'href="/sign-in"' in page


def test_home_takes_members_to_their_leads(alice: Person) -> None:
    assert alice.client.get("/").location == "/leads"


def test_support_tells_where_to_write(client: Browser) -> None:
    assert "mailto:support@leader.online" in client.get("/support").text


def test_robots_and_icon(client: Browser) -> None:
    robots = client.get("/robots.txt")
    assert robots.mimetype == "text/plain"
    assert "Disallow: /f/\n" in robots.text
    assert client.get(client.get("/favicon.ico").location or "").mimetype == "image/svg+xml"


def test_a_visitor_may_choose_the_language(client: Browser) -> None:
    answer = client.post("/language", data={"language": "ar", "here": "/support?x=1"})
    assert (answer.status_code, answer.location) == (303, "/support?x=1")
    assert 'dir="rtl"' in client.get("/support").text
    client.post("/language", data={"language": "en"})
    assert 'dir="ltr"' in client.get("/support", headers={"Accept-Language": "ar"}).text


@pytest.mark.parametrize("address", ["https://evil.example", "//evil.example", "/\\evil.example", ""])
def test_choosing_a_language_leads_nowhere_else(client: Browser, address: str) -> None:
    answer = client.post("/language", data={"language": "tlh", "here": address})
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.cookie("leader_language") is None


def test_a_forgotten_password_has_its_page(client: Browser) -> None:
    assert 'href="/forgotten-password"' in client.get("/support").text


def test_home_names_what_is_read_from_google(client: Browser) -> None:
    page = client.get("/").text
    for word in ("conversion actions", "what they cost each day", "keyword, network and kind of device"):
        assert word in page
    assert 'href="/privacy/google"' in page and "Nothing else" not in page
