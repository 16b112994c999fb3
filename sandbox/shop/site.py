"""The pages of Northgate Roofing, with Leader's tag, form and embedded form on them."""

from sandbox.pages import page, static_routes
from sandbox.shop import links
from sandbox.web import Request, Response, Routes

PAGES = {
    "/": "home", "/services": "services", "/metal-roof-repair": "metal_roof_repair", "/quote": "quote",
    "/contact": "contact", "/cookies": "cookies",
}  # fmt: skip


class Shop:
    """Without a site key the pages work, carry no tag, and say how to pass one."""

    def __init__(self, leader_url: str, site_key: str, practice_url: str) -> None:
        self._shared = {"leader_url": leader_url, "site_key": site_key, "practice_url": practice_url}

    def routes(self) -> Routes:
        routes: Routes = {
            ("GET", path): lambda _request, path=path, name=name: self._page(path, f"shop/{name}.html")
            for path, name in PAGES.items()
        }
        routes["GET", "/ads"] = self._ads
        return routes | static_routes("shop.css", "shop.js", "roof.svg")

    def _ads(self, _request: Request) -> Response:
        return self._page("/ads", "shop/ads.html", ads=links.ads(), others=links.others(), magic=links.magic_ads())

    def _page(self, path: str, template: str, **data: object) -> Response:
        leader = [self._shared["leader_url"]]
        return page(
            template, form_action=leader, other_hosts=leader, referrer="strict-origin-when-cross-origin",
            path=path, **self._shared, **data,
        )  # fmt: skip
