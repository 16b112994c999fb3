"""Renders the HTML pages: escaped by default, no inline script or style, no third-party host."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.web import HTML, Response, Routes

HERE = Path(__file__).parent
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_environment = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip


def page(
    template: str, *, status: int = 200, form_action: Sequence[str] = (), other_hosts: Sequence[str] = (),
    referrer: str = "same-origin", **data: object,
) -> Response:  # fmt: skip
    """`form_action`: where forms may lead, redirects included; `other_hosts`: whose script and frames are welcome.

    `referrer` is never no-referrer: browsers then send "Origin: null", and our own forms would be refused.
    """
    hosts = " ".join(other_hosts)
    policy = (
        f"default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self' {hosts}; connect-src 'self' {hosts}; "
        f"frame-src 'self' {hosts}; form-action 'self' {' '.join(form_action)}; base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {"Content-Security-Policy": policy, "Referrer-Policy": referrer, "X-Frame-Options": "DENY"}
    return Response(_environment.get_template(template).render(**data).encode(), status, HTML, headers)


def static_routes(*names: str) -> Routes:
    return {("GET", f"/static/{name}"): lambda _request, name=name: _static(name) for name in names}


@lru_cache
def _static(name: str) -> Response:
    path = HERE / "static" / name
    return Response(path.read_bytes(), 200, TYPES[path.suffix], {"Cache-Control": "no-cache"})
