"""The session cookie: only the server reads it, it never leaves the site, and https alone carries it."""

from flask import Request
from werkzeug.wrappers import Response

from app.auth.sessions import LIFETIME
from app.core.config import Settings

_TOKEN_LENGTH = 43


def name(settings: Settings) -> str:
    """The `__Host-` prefix makes browsers refuse the cookie from a neighbouring domain; it needs https."""
    return "__Host-leader_session" if settings.is_https else "leader_session"


def read(request: Request, settings: Settings) -> str | None:
    """The token that came along, none for anything that cannot be one."""
    token = request.cookies.get(name(settings), "")
    return token if len(token) == _TOKEN_LENGTH else None


def keep(response: Response, token: str, settings: Settings) -> None:
    response.set_cookie(
        name(settings),
        token,
        max_age=LIFETIME,
        secure=settings.is_https,
        httponly=True,
        samesite="Lax",
    )


def drop(response: Response, settings: Settings) -> None:
    response.delete_cookie(name(settings), secure=settings.is_https, httponly=True, samesite="Lax")
