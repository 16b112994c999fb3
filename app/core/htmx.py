"""How pages and partials are answered: one data function, a whole page or the part that HTMX asked for."""

from typing import Any

from flask import Response, make_response, redirect, render_template, request
from htmx_flask import Htmx
from werkzeug.wrappers import Response as BaseResponse

htmx = Htmx()


def wants_partial() -> bool:
    """True for an HTMX request that swaps a part; false for a browser's own and for a restored history page."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def page_or_partial(page: str, partial: str, *, status: int = 200, **data: Any) -> Response:
    """Render `partial` for HTMX and `page` for everybody else, from the same data."""
    return make_response(render_template(partial if wants_partial() else page, **data), status)


def redirect_or_partial(address: str, partial: str, **data: Any) -> BaseResponse:
    """After a successful change: the fresh partial for HTMX, otherwise a redirect to `address` (303)."""
    if wants_partial():
        return make_response(render_template(partial, **data))
    return redirect(address, code=303)


def go_to(address: str) -> BaseResponse:
    """Send the whole browser page to `address`, whether HTMX or a plain form asked."""
    if not wants_partial():
        return redirect(address, code=303)
    response = make_response("", 204)
    response.headers["HX-Redirect"] = address
    return response
