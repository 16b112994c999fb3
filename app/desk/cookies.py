"""The desk's own cookie. It opens nothing of the product, as the product's opens nothing here."""

from flask import Request
from werkzeug.wrappers import Response

from app.core.config import Settings
from app.desk.sign_in import LIFETIME

_TOKEN_LENGTH = 43


def name(settings: Settings) -> str:
    return "__Host-leader_desk" if settings.is_https else "leader_desk"


def read(request: Request, settings: Settings) -> str | None:
    """The token that came along, none for anything that cannot be one."""
    token = request.cookies.get(name(settings), "")
    return token if len(token) == _TOKEN_LENGTH else None


def keep(response: Response, token: str, settings: Settings) -> None:
    secure = settings.is_https
    response.set_cookie(name(settings), token, max_age=LIFETIME, secure=secure, httponly=True, samesite="Strict")


def drop(response: Response, settings: Settings) -> None:
    response.delete_cookie(name(settings), secure=settings.is_https, httponly=True, samesite="Strict")
