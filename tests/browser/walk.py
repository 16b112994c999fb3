"""One address of every kind of page: those that need no parameters, and those that a link on a page leads to."""

import html
import re
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import APIRequestContext
from werkzeug.exceptions import HTTPException

from tests.addresses import NO_PAGES, pages

_HREF = re.compile(r'<a\s[^>]*?href="(/[^"#]*)')
_DEEP = 3
"""So many links away from a page without parameters."""


def specimens(app: Flask, asking: APIRequestContext, *, public: bool) -> dict[str, str]:
    """An address for each endpoint that draws a whole page, found as its reader would find it: by following links."""
    found: dict[str, str] = {}
    waiting = {_endpoint(app, address): address for address in pages(app, public=public)}
    for _step in range(_DEEP):
        linked: dict[str, str] = {}
        for endpoint, address in waiting.items():
            text = _page(asking, address)
            if text is None:
                continue
            found[endpoint] = address
            for link in map(html.unescape, _HREF.findall(text)):
                linked.setdefault(_endpoint(app, link), link)
        waiting = {key: link for key, link in linked.items() if key and key not in {*found, *NO_PAGES}}
    return found


def _page(asking: APIRequestContext, address: str) -> str | None:
    answer = asking.get(address, max_redirects=0)
    if answer.status != 200 or "text/html" not in answer.headers["content-type"]:
        return None
    text = answer.text()
    return text if "<html" in text else None


def _endpoint(app: Flask, address: str) -> str:
    try:
        return app.url_map.bind("leader").match(urlsplit(address).path)[0]
    except HTTPException:
        return ""
