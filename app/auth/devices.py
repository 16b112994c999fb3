"""Browsers in which a person has signed in before, so that a sign-in from a new one can be told.

The browser keeps a signed list of who has: nothing is stored about devices, and forgetting the cookie costs one mail.
"""

import uuid

from flask import Request
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.auth.browser_words import browser_words
from app.auth.models import User
from app.auth.sessions import Browser
from app.core import events
from app.core.config import Settings
from app.core.events import Actor

_LIFETIME = 365 * 86_400
_MOST = 8


def is_known(request: Request, user_id: uuid.UUID, settings: Settings) -> bool:
    return str(user_id) in _people(request, settings)


def are_known(request: Request, settings: Settings) -> bool:
    """True when somebody signed in here before."""
    return bool(_people(request, settings))


def remember(request: Request, response: Response, user_id: uuid.UUID, settings: Settings) -> None:
    """Put the person first on the browser's list."""
    people = [str(user_id), *(other for other in _people(request, settings) if other != str(user_id))]
    response.set_cookie(
        _name(settings),
        _serializer(settings).dumps(people[:_MOST]),
        max_age=_LIFETIME,
        secure=settings.is_https,
        httponly=True,
        samesite="Lax",
    )


def record_new(session: Session, user_id: uuid.UUID, browser: Browser) -> None:
    """Record that the person signed in from a browser that does not know them."""
    actor = Actor(user_id, session.get_one(User, user_id).name)
    words = browser_words(browser.user_agent)
    events.record(session, "user.signed_in_anew", actor=actor, browser=words, ip_address=browser.ip_address)


def _people(request: Request, settings: Settings) -> list[str]:
    try:
        people = _serializer(settings).loads(request.cookies.get(_name(settings), ""))
    except BadSignature:
        return []
    return [str(person) for person in people] if isinstance(people, list) else []


def _name(settings: Settings) -> str:
    return "__Host-leader_devices" if settings.is_https else "leader_devices"


def _serializer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.secret_key, salt="devices")
