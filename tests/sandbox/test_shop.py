"""The demo shop: marked, tagged, and reached through links like those of real advertising."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from sandbox import Practice
from sandbox.ads.campaigns import Clicks
from sandbox.datamanager import magic
from sandbox.datamanager.verdict import SHAPES
from sandbox.shop.site import PAGES, Shop
from sandbox.store import Store
from sandbox.web import Request

LEADER = "http://127.0.0.1:8000"


def page(practice: Practice, path: str) -> str:
    return requests.get(practice.shop_url + path, timeout=10).text


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_marked_and_carries_the_tag(practice: Practice, path: str) -> None:
    text = page(practice, path)
    assert "This is a practice website." in text
    tag = f'<script src="{LEADER}/t.js" data-site-key="site-key" data-consent="required" defer></script>'
    assert tag in text
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=", text)


def test_the_page_of_ads_is_marked_and_not_a_visit(practice: Practice) -> None:
    text = page(practice, "/ads")
    assert "This is a practice website." in text
    assert "<script" not in text


def test_the_quote_form_works_without_scripts(practice: Practice) -> None:
    text = page(practice, "/quote")
    assert f'<form class="panel" data-leader action="{LEADER}/f/site-key" method="post">' in text
    assert set(re.findall(r'name="(\w+)"', text)) >= {"name", "email", "phone", "message"}


def test_the_contact_page_embeds_and_links_the_hosted_form(practice: Practice) -> None:
    text = page(practice, "/contact")
    assert f'src="{LEADER}/f/site-key?embed=1"' in text
    assert f'href="{LEADER}/f/site-key"' in text


def test_the_policy_lets_leader_in_and_nobody_else(practice: Practice) -> None:
    policy = requests.get(practice.shop_url, timeout=10).headers["Content-Security-Policy"]
    assert f"script-src 'self' {LEADER};" in policy
    assert f"frame-src 'self' {LEADER};" in policy
    assert "default-src 'none'" in policy


def links(practice: Practice) -> dict[str, dict[str, str]]:
    found = re.findall(r'<a href="([^"]+)" rel="noreferrer" data-link="([^"]+)"', page(practice, "/ads"))
    return {mark: {k: v[0] for k, v in parse_qs(urlsplit(unescape(url)).query).items()} for url, mark in found}


def test_ads_carry_fresh_click_ids_of_the_real_shape(practice: Practice) -> None:
    first, second = links(practice), links(practice)
    for kind, shape in SHAPES.items():
        assert shape.fullmatch(first[kind][kind])
        assert first[kind][kind] != second[kind][kind]
    assert first["gclid"]["utm_medium"] == "cpc"
    assert "utm_source" not in first["no-utm"]
    assert {first[name].get("utm_medium") for name in ("organic", "facebook", "newsletter", "direct")} == {
        "organic",
        "paid_social",
        "email",
        None,
    }


def test_there_is_an_ad_for_every_refusal(practice: Practice) -> None:
    found = links(practice)
    for name in (*magic.PROCESSING_REASONS, *magic.SPECIALS):
        assert found[f"TEST_{name}"]["gclid"] == f"TEST_{name}"


def test_without_a_site_key_it_says_how_to_pass_one() -> None:
    for path in PAGES:
        show = Shop(LEADER, "", "http://127.0.0.1:8001", Clicks(Store(None))).routes()["GET", path]
        text = show(Request("GET", path, {}, {}, b"")).body.decode()
        assert "--site-key KEY" in text
        assert "/t.js" not in text and "/f/" not in text
