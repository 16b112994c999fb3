"""What every response and request must obey: headers, hosts, sizes, CSRF and rate limits."""

import ipaddress

import structlog
from flask import Flask, Response, request
from flask_limiter import Limiter
from werkzeug.middleware.proxy_fix import ProxyFix

from app.core import form_cookie
from app.core.config import Settings

log = structlog.get_logger()

csrf = form_cookie.MaskedCSRFProtect()


class Limits(Limiter):
    """Each limit stands at a view and is looked at there; before the other views there is nothing to look for."""

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        if not in_middleware:
            super()._check_request_limit(callable_name, in_middleware)


def place() -> str:
    """Where a request comes from, for counting. Who has one IPv6 address has a whole network of them (/64)."""
    written = request.remote_addr or "127.0.0.1"
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return written
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return written


limiter = Limits(key_func=place)

MAX_BODY_BYTES = 64 * 1024
MAX_FORM_PARTS = 200

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "media-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), browsing-topics=()",
}
_VARY = "HX-Request, Cookie, Accept-Language, Accept-Encoding"


def content_security_policy(**changes: str) -> str:
    """The policy as a header's value; `frame_ancestors="*"` and the like replace a part."""
    parts = _POLICY | {name.replace("_", "-"): value for name, value in changes.items()}
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def install(app: Flask, settings: Settings) -> None:
    """Put the rules in force for the whole application."""
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        TRUSTED_HOSTS=[settings.host.rsplit(":", 1)[0] if ":" in settings.host else settings.host],
        SESSION_COOKIE_NAME="__Host-leader_form" if settings.is_https else "leader_form",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.is_https,
        RATELIMIT_STORAGE_URI=limiter_storage(settings.redis_url),
        # A Valkey that hangs must not hold a sign-in: after a moment each process counts for itself.
        RATELIMIT_STORAGE_OPTIONS={"socket_connect_timeout": 0.25, "socket_timeout": 0.25},
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_HEADERS_ENABLED=True,
        RATELIMIT_STRATEGY="fixed-window",
    )
    csrf.init_app(app)
    form_cookie.install(app)
    limiter.init_app(app)
    if settings.is_production and not settings.trusted_proxies:
        log.warning("no_trusted_proxies", meaning="each visitor is known by the address that connects to this process")
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.after_request(_add_headers(settings))


def limiter_storage(redis_url: str) -> str:
    """The rate limiter's spelling of a Valkey address: unix sockets want redis+unix."""
    return redis_url.replace("unix://", "redis+unix://", 1) if redis_url.startswith("unix://") else redis_url


def _add_headers(settings: Settings):  # type: ignore[no-untyped-def] # Flask's own callback type
    usual = {"Content-Security-Policy": content_security_policy(), **_HEADERS}
    if settings.is_https:
        usual["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    of_pages = usual | {"Cache-Control": "no-store"}

    def add(response: Response) -> Response:
        headers, is_page = response.headers, request.endpoint != "static"
        given = {name.title() for name in headers.keys()}  # noqa: SIM118 - headers hold pairs
        wanted = of_pages if is_page else usual
        headers.extend([(name, value) for name, value in wanted.items() if name.title() not in given])
        if is_page:
            headers.add("Vary", _VARY)
        return response

    return add
