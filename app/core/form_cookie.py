"""The form cookie (Flask's session: the CSRF secret and messages for the next page), read once rather than on every
page. Forms carry its secret under a mask that is new in every page."""

import base64
import hmac
import secrets
from functools import lru_cache

from flask import Flask, Request, Response, g, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFProtect, generate_csrf
from itsdangerous import BadSignature

from app.core.clock import utc_now

_MOST = 4_096
_HOUR = 3_600


def install(app: Flask) -> None:
    """Put both in place. After CSRFProtect, whose function for templates it replaces."""
    app.session_interface = RememberedCookies()
    app.jinja_env.globals["csrf_token"] = csrf_token
    app.context_processor(lambda: {"csrf_token": csrf_token})


class RememberedCookies(SecureCookieSessionInterface):
    """A cookie that was found to be ours is still ours when the same text comes back. Its age is looked at again
    every hour."""

    def __init__(self) -> None:
        self._remembered = lru_cache(_MOST)(self._read)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        text = request.cookies.get(self.get_cookie_name(app))
        kept = self._remembered(app, text, int(utc_now().timestamp()) // _HOUR) if text else None
        return self.session_class(kept) if kept else super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """What did not change is not sent again. All answers say that they differ by cookie (core/security.py)."""
        if session.modified or session.permanent:
            super().save_session(app, session, response)

    def _read(self, app: Flask, text: str, _hour: int) -> dict[str, str] | None:
        """What the cookie holds when these are texts alone: anything else must not be shared between requests."""
        serializer = self.get_signing_serializer(app)
        if serializer is None:
            return None
        try:
            found = serializer.loads(text, max_age=int(app.permanent_session_lifetime.total_seconds()))
        except BadSignature:
            return None
        return found if all(isinstance(value, str) for value in found.values()) else None


class MaskedCSRFProtect(CSRFProtect):  # type: ignore[misc] # Flask-WTF has no types
    """Takes the masked secret of this cookie, in a form's field or in the header, for the token that it stands for."""

    def _get_csrf_token(self) -> str | None:
        given, secret = super()._get_csrf_token(), session.get("csrf_token")
        if given and isinstance(secret, str) and hmac.compare_digest(unmask(given), secret):
            return str(generate_csrf())
        return str(given) if given else None


def csrf_token() -> str:
    """The token for forms and scripts of this request, in the form that this page alone has."""
    if "masked_csrf_token" not in g:
        g.masked_csrf_token = mask(session.setdefault("csrf_token", secrets.token_hex(20)))
    return str(g.masked_csrf_token)


def mask(secret: str) -> str:
    """Random bytes, then the secret (hex digits) mixed with them: no part of it is the same twice."""
    plain = bytes.fromhex(secret)
    pad = secrets.token_bytes(len(plain))
    return base64.urlsafe_b64encode(pad + _mixed(plain, pad)).rstrip(b"=").decode()


def unmask(text: str) -> str:
    """The secret behind a mask; an empty text or nonsense for what is none."""
    try:
        both = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return ""
    half = len(both) // 2
    return _mixed(both[half : 2 * half], both[:half]).hex()


def _mixed(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(len(one))
