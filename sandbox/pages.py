"""Renders the HTML pages: escaped by default, no inline script or style, no third-party host."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.web import HTML, Handler, Response, Routes

HERE = Path(__file__).parent
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_environment = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters["when"] = lambda iso: f"{dt.datetime.fromisoformat(iso):%-d %b %Y, %H:%M:%S}"


def page(
    template: str,
    data: Mapping[str, object],
    *,
    status: int = 200,
    form_action: Sequence[str] = (),
    other_hosts: Sequence[str] = (),
    referrer: str = "same-origin",
) -> Response:
    """`form_action`: where forms may lead, redirects included; `other_hosts`: whose script and frames run.

    `referrer` is never no-referrer: browsers then send "Origin: null", and our own forms would be refused.
    """
    hosts = " ".join(other_hosts)
    policy = (
        f"default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self' {hosts}; "
        f"connect-src 'self' {hosts}; frame-src 'self' {hosts}; form-action 'self' {' '.join(form_action)}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {"Content-Security-Policy": policy, "Referrer-Policy": referrer, "X-Frame-Options": "DENY"}
    return Response(_environment.get_template(template).render(data).encode(), status, HTML, headers)


def static_routes(*names: str) -> Routes:
    return {("GET", f"/static/{name}"): _static(HERE / "static" / name) for name in names}


def _static(path: Path) -> Handler:
    response = Response(path.read_bytes(), 200, TYPES[path.suffix], {"Cache-Control": "no-cache"})
    return lambda _request: response
