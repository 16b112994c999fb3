"""Who may see and do what: everything needs a sign-in unless a view says that it is public."""

import functools
import uuid
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from flask import Flask, Request, abort, after_this_request, current_app, g, request, url_for
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response

from app.auth import cookies, gates
from app.auth.browser_words import browser_words
from app.auth.next_page import own_path, path_of
from app.core import tenancy, words
from app.core.db import db
from app.core.events import Actor
from app.core.htmx import go_to, wants_partial
from app.core.ids import secret_hash
from app.core.services import services

P = ParamSpec("P")
R = TypeVar("R")

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_PUBLIC = "is_public"
_OWN_AFFAIRS = "is_own_affair"
_WHILE_CLOSED = "works_while_closed"
CLOSED_PAGE = "privacy.show_closed"
"""Where a closed account says that it is closed."""


class SignedIn(gates.OpenSession):
    """The person of this request, as `current_user`: what Flask-Login asks of one."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    @property
    def id(self) -> uuid.UUID:
        return self.user_id

    def get_id(self) -> str:
        return str(self.user_id)


def public(view: Callable[P, R]) -> Callable[P, R]:
    """This view needs no sign-in."""
    setattr(view, _PUBLIC, True)
    return view


def own_affair(view: Callable[P, R]) -> Callable[P, R]:
    """This view changes nothing but what belongs to the person alone, so viewers may use it too."""
    setattr(view, _OWN_AFFAIRS, True)
    return view


def while_closed(view: Callable[P, R]) -> Callable[P, R]:
    """This view also works for people whose company's account is closed."""
    setattr(view, _WHILE_CLOSED, True)
    return view


def allow(*roles: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Only members with one of these roles; 403 for the others."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if current_user.role not in roles:
                abort(403)
            return view(*args, **kwargs)

        return guarded

    return decorate


def whole_company_only() -> None:
    """A guard for blueprints about all of the company: 403 for those who see their own leads alone."""
    if current_user.is_authenticated and current_user.sees_own_only:
        abort(403)


def signed_in() -> SignedIn:
    """The person of this request themselves. `current_user` looks for them at each mention."""
    person: SignedIn = current_user._get_current_object()
    return person


def actor() -> Actor:
    """The signed-in person as the one who acts."""
    return Actor(current_user.id, current_user.name)


Guard = Callable[[], Response | None]
_guards: dict[str, Guard] = {}
"""Blueprints with a door of their own, where the product's sign-in counts for nothing."""


class People(LoginManager):  # type: ignore[misc] # Flask-Login has no types
    """Who is signed in is told by our own cookie alone; Flask's is neither read nor written for it."""

    def _load_user(self) -> None:
        self._update_request_context_with_user(_person_of(request))


def install(app: Flask, guards: dict[str, Guard]) -> None:
    """Guard every view of the application; a blueprint named in `guards` by its own guard alone."""
    _guards.update(guards)
    # Its context processor would look for a person on every page, also on those that serve another company, such as
    # a hosted form.
    People().init_app(app, add_context_processor=False)
    app.context_processor(lambda: {"current_user": current_user})
    app.jinja_env.globals["signed_in"] = signed_in
    app.add_template_filter(browser_words)
    app.before_request(_guard)


def _person_of(request: Request) -> SignedIn | None:
    """Who sent this request, by the session cookie."""
    token = cookies.read(request, services().settings)
    session = db.session()
    if token is None or tenancy.serves_a_company(session):
        return None
    found = gates.open_session(session, secret_hash(token))
    if found is None and _works_while_closed(request):
        found = gates.open_closed_session(session, secret_hash(token))
    if found is None:
        return None
    g.visit_is_noted = found.is_noted
    return SignedIn(**vars(found))


def _works_while_closed(request: Request) -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, _WHILE_CLOSED, False))


def _guard() -> Response | None:
    """Deny by default. An address that does not exist goes on to its 404."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    if own_guard := _guards.get(request.blueprint or ""):
        return own_guard()
    view = current_app.view_functions[request.endpoint]
    if getattr(view, _PUBLIC, False):
        return None
    if not current_user.is_authenticated:
        return _to_sign_in()
    _speak(current_user.language)
    if current_user.role == "viewer" and request.method not in _READING and not getattr(view, _OWN_AFFAIRS, False):
        abort(403)
    return None


def _speak(language: str) -> None:
    """The person's own language, also on this browser's public pages from now on."""
    if not language:
        return
    words.prefer(language)
    if words.chosen_here() != language and words.may_remember():

        @after_this_request
        def remember(response: Response) -> Response:
            words.remember(response, language, is_https=services().settings.is_https)
            return response


def _to_sign_in() -> Response:
    """The way to the sign-in page, and back to the page that the person was on; or to what a closed account has."""
    token = cookies.read(request, services().settings)
    if token and gates.open_closed_session(db.session(), secret_hash(token)):
        return go_to(url_for(CLOSED_PAGE))
    if wants_partial():
        back = path_of(request.headers.get("HX-Current-URL"))
    else:
        back = own_path(request.full_path.rstrip("?")) if request.method in _READING else None
    return go_to(url_for("auth.sign_in", next=back))
