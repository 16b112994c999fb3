"""The pages of Northgate Roofing, with Leader's tag, form and embedded form on them."""

from urllib.parse import parse_qs, urlsplit

from sandbox.ads.campaigns import Clicks
from sandbox.pages import page, static_routes
from sandbox.shop import links
from sandbox.web import Handler, Request, Response, Routes

PAGES = {
    "/": "home",
    "/services": "services",
    "/metal-roof-repair": "metal_roof_repair",
    "/quote": "quote",
    "/contact": "contact",
    "/cookies": "cookies",
}


class Shop:
    """Without a site key the pages work, carry no tag, and say how to pass one."""

    def __init__(self, leader_url: str, site_key: str, practice_url: str, clicks: Clicks) -> None:
        self._shared = {"leader_url": leader_url, "site_key": site_key, "practice_url": practice_url}
        self._clicks = clicks

    def routes(self) -> Routes:
        routes: Routes = {("GET", path): self._show(path, name) for path, name in PAGES.items()}
        routes["GET", "/ads"] = self._ads
        return routes | static_routes("shop.css", "shop.js", "roof.svg")

    def _show(self, path: str, name: str) -> Handler:
        return lambda _request: self._page(path, f"shop/{name}.html")

    def _ads(self, _request: Request) -> Response:
        ads = links.ads()
        for number, link in enumerate(ads):
            for gclid in parse_qs(urlsplit(link.url).query).get("gclid", ()):
                self._clicks.note(gclid, campaign=number)
        return self._page("/ads", "shop/ads.html", ads=ads, others=links.others(), magic=links.magic_ads())

    def _page(self, path: str, template: str, **data: object) -> Response:
        leader = [self._shared["leader_url"]]
        return page(
            template,
            {**self._shared, "path": path, **data},
            form_action=leader,
            other_hosts=leader,
            referrer="strict-origin-when-cross-origin",
        )
