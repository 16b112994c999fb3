"""The tag in Chromium, on a made-up shop: what it remembers, when it may, and what it adds to a form."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

pytestmark = pytest.mark.browser

SHOP, LEADER = "https://shop.example", "https://leader.example"
AD = f"{SHOP}/?utm_source=google&gclid=Cj0KAbC"
PAGE = """<!doctype html><title>Shop</title>{before}
<script src="https://leader.example/t.js" data-site-key="k" {attributes} defer></script>
<a id="next" href="/quote">Quote</a>
<form data-leader method="post" action="https://leader.example/f/k">
<input name="email"><button>Send</button></form>"""


class Shop:
    """A website whose pages hold the tag; what its form sends is caught on the way to Leader."""

    def __init__(self, context: BrowserContext, tag: str) -> None:
        self.attributes, self.before, self.sent = "", "", list[dict[str, Any]]()
        context.route(f"{SHOP}/**", self._page)
        context.route("https://*.other.example/**", lambda route: route.fulfill(content_type="text/html", body="x"))
        context.route(f"{LEADER}/t.js", lambda route: route.fulfill(content_type="text/javascript", body=tag))
        context.route(f"{LEADER}/f/k", self._receive)
        self.page: Page = context.new_page()

    def _page(self, route: Route) -> None:
        body = PAGE.format(before=self.before, attributes=self.attributes)
        route.fulfill(content_type="text/html", body=body)

    def _receive(self, route: Route) -> None:
        fields = parse_qs(route.request.post_data or "")
        self.sent.append(json.loads(fields["leader"][0]))
        route.fulfill(content_type="text/html", body="Thank you")

    def visit(self, address: str, referrer: str = "") -> None:
        self.page.goto(address, referer=referrer) if referrer else self.page.goto(address)

    def send(self) -> dict[str, Any]:
        """Fill in the form and send it; what the tag added."""
        self.page.locator("[name=email]").fill("jane@example.com")
        self.page.get_by_role("button", name="Send").click()
        self.page.get_by_text("Thank you").wait_for()
        return self.sent[-1]

    def kept(self) -> Any:
        return self.page.evaluate("localStorage.getItem('leader')")

    def consent(self, kind: str, **choices: str) -> None:
        self.page.evaluate("([kind, choices]) => window.dataLayer.push(['consent', kind, choices])", [kind, choices])


OpenShop = Callable[..., Shop]


@pytest.fixture
def open_shop(chromium: Browser, repository: Path) -> Iterator[OpenShop]:
    tag = (repository / "static" / "t.js").read_text()
    opened: list[Shop] = []
    complaints: list[str] = []

    def open_(script: str = "") -> Shop:
        context = chromium.new_context()
        if script:
            context.add_init_script(script)
        shop = Shop(context, tag)
        shop.page.on("pageerror", lambda error: complaints.append(str(error)))
        opened.append(shop)
        return shop

    yield open_
    for shop in opened:
        shop.page.context.close()
    assert complaints == []


def test_the_ad_survives_a_walk_over_several_pages(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.visit(AD, "https://www.other.example/")
    shop.page.locator("#next").click()
    shop.page.wait_for_url("**/quote")
    shop.visit(f"{SHOP}/third?utm_source=inside", f"{SHOP}/quote")
    visitor = json.loads(shop.kept())["visitor_id"]
    sent = shop.send()
    assert sent["first"]["landing_page"] == sent["last"]["landing_page"] == AD
    assert sent["first"]["referrer"] == "https://www.other.example/"
    assert sent["page"] == f"{SHOP}/third?utm_source=inside"
    assert sent["visitor_id"] == visitor
    assert sent["consent"] == {"ad_user_data": "unknown", "ad_personalization": "unknown"}


def test_a_second_campaign_is_the_last_touch_and_a_direct_visit_is_not(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.visit(f"{SHOP}/?utm_source=news")
    shop.visit(AD)
    shop.page.evaluate(
        "const state = JSON.parse(localStorage.leader); state.seen -= 4e6;localStorage.leader = JSON.stringify(state);"
    )
    shop.visit(f"{SHOP}/quote")
    sent = shop.send()
    assert sent["first"]["landing_page"] == f"{SHOP}/?utm_source=news"
    assert sent["last"]["landing_page"] == AD


def test_the_same_words_are_one_sending_and_other_words_another(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.visit(AD)
    shop.page.evaluate("document.forms[0].addEventListener('submit', (event) => event.preventDefault())")
    ids = []
    for email in ("a@b.example", "a@b.example", "c@d.example"):
        shop.page.locator("[name=email]").fill(email)
        shop.page.get_by_role("button", name="Send").click()
        ids.append(json.loads(shop.page.locator("[name=leader]").input_value())["client_event_id"])
    assert ids[0] == ids[1] != ids[2]


def test_nothing_is_kept_until_consent_is_given(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.attributes = 'data-consent="required"'
    shop.visit(AD)
    assert shop.kept() is None
    shop.consent("default", ad_storage="denied", ad_user_data="denied", ad_personalization="denied")
    assert shop.kept() is None
    shop.consent("update", ad_storage="granted", ad_user_data="granted")
    assert json.loads(shop.kept())["first"]["landing_page"] == AD
    sent = shop.send()
    assert sent["consent"] == {"ad_user_data": "granted", "ad_personalization": "denied"}


def test_without_an_answer_the_form_still_tells_of_its_own_page(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.attributes = 'data-consent="required"'
    shop.visit(AD)
    sent = shop.send()
    assert sent["first"]["landing_page"] == AD
    assert sent["consent"]["ad_user_data"] == "unknown"


def test_taking_consent_back_forgets(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.visit(AD)
    assert shop.kept()
    shop.page.evaluate("leader.consent({ad_storage: 'denied'})")
    assert shop.kept() is None


def test_consent_said_before_the_tag_loads_is_heard(open_shop: OpenShop) -> None:
    shop = open_shop()
    shop.before = (
        "<script>window.dataLayer=[];function gtag(){dataLayer.push(arguments)};"
        "gtag('consent','default',{ad_storage:'granted',ad_user_data:'granted'});"
        "gtag('consent','default',{ad_user_data:'denied',region:['DE']})</script>"
    )
    shop.attributes = 'data-consent="required"'
    shop.visit(AD)
    assert shop.kept()
    assert shop.send()["consent"]["ad_user_data"] == "denied"


def test_a_browser_that_asks_for_privacy_is_obeyed(open_shop: OpenShop) -> None:
    shop = open_shop("Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})")
    shop.visit(AD)
    shop.consent("update", ad_storage="granted", ad_user_data="granted", ad_personalization="granted")
    assert shop.kept() is None
    assert shop.send()["consent"] == {"ad_user_data": "denied", "ad_personalization": "denied"}


def test_a_browser_without_storage_sends_all_the_same(open_shop: OpenShop) -> None:
    shop = open_shop(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, {get() { throw new Error('closed') }})"
    )
    shop.visit(AD)
    assert shop.send()["first"]["landing_page"] == AD


def test_what_lies_broken_in_the_storage_harms_nothing(open_shop: OpenShop) -> None:
    for broken in ("{", "null", '{"first": 5}', "[]"):
        shop = open_shop(f"if (!sessionStorage.once) {{ sessionStorage.once = 1; localStorage.leader = '{broken}'; }}")
        shop.visit(AD)
        assert shop.send()["first"]["landing_page"] == AD


def test_an_embedded_form_of_leader_may_ask_and_nobody_else(open_shop: OpenShop) -> None:
    shop = open_shop()
    frame = (
        "<script>addEventListener('message', (e) => { document.title = JSON.stringify(e.data) });"
        "setTimeout(() => parent.postMessage('leader:ask', '*'), 300)</script>"
    )
    for host, hears in ((LEADER, True), ("https://www.foreign.example", False)):
        shop.page.context.route(f"{host}/frame", lambda route: route.fulfill(content_type="text/html", body=frame))
        shop.before = f'<iframe src="{host}/frame"></iframe>'
        shop.visit(AD)
        shop.page.wait_for_timeout(800)
        heard = shop.page.frames[1].evaluate("document.title")
        assert (AD in heard) is hears
