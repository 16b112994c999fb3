"""Pages for everybody, and what watchers of the service ask."""

from datetime import timedelta

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.auth.access import public
from app.auth.next_page import own_path
from app.core import words
from app.core.clock import utc_now
from app.core.db import db
from app.core.services import services
from app.core.words import gettext as _
from app.public import cookies, readiness

blueprint = Blueprint("public", __name__)

_ROBOTS = """\
User-agent: *
Disallow: /c/
Disallow: /f/
Disallow: /install/
Disallow: /unsubscribe/
"""
"""What needs a sign-in shows a robot nothing anyway; what a link alone opens is kept out of search."""

_INDEXED = (
    "public.home",
    "auth.sign_up",
    "legal.privacy",
    "legal.google",
    "legal.terms",
    "public.support",
    "statistics.show",
)
_SECURITY_TXT_LASTS = timedelta(days=180)


@blueprint.get("/")
@public
def home() -> Response | str:
    if current_user.is_authenticated:
        return redirect(url_for("leads.index"))
    return render_template("public/home.html")


@blueprint.get("/support")
@public
def support() -> str:
    return render_template("public/support.html", email=services().settings.support_email)


@blueprint.post("/language")
@public
def choose_language() -> Response:
    """The language of this browser, for those who are not signed in; back to the page they were on."""
    response = redirect(own_path(request.form.get("here")) or url_for("public.home"), code=303)
    words.remember(response, request.form.get("language", ""), is_https=services().settings.is_https)
    if not words.may_remember():
        flash(_("This browser keeps only what is needed, so your language is not kept. See “Cookies”."), "info")
    return response


@blueprint.get("/cookies")
@public
def show_cookies() -> str:
    return render_template(
        "public/cookies.html", found=cookies.found(request.cookies), choice=cookies.choice(request.cookies)
    )


@blueprint.post("/cookies/choice")
@public
def choose_cookies() -> Response:
    chosen = request.form.get("choice", "")
    response = redirect(url_for("public.show_cookies"), code=303)
    if chosen in cookies.CHOICES:
        cookies.remember(response, chosen, request.cookies, is_https=services().settings.is_https)
        flash(_("Your choice is kept on this browser."), "success")
    return response


@blueprint.post("/cookies/delete")
@public
def delete_cookie() -> Response:
    name = request.form.get("name", "")
    response = redirect(url_for("public.show_cookies"), code=303)
    if name in request.cookies:
        cookies.forget(response, name, is_https=services().settings.is_https)
        if name.removeprefix("__Host-") != cookies.FORM_COOKIE:
            flash(_("The cookie %(name)s is gone from this browser.", name=name), "success")
    return response


@blueprint.get("/styleguide")
@public
def styleguide() -> str:
    """Every component in every state, for those who build Leader."""
    if services().settings.is_production:
        raise NotFound
    return render_template("styleguide.html")


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """This process answers. Nothing else is asked."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """503 while the database cannot serve; without the queue Leader is slower but loses nothing."""
    state = readiness.look(db.engine, services().bell, is_production=services().settings.is_production)
    return jsonify(status=state.status, **vars(state)), 200 if state.can_serve else 503


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    return Response(f"{_ROBOTS}Sitemap: {url_for('public.sitemap', _external=True)}\n", mimetype="text/plain")


@blueprint.get("/sitemap.xml")
@public
def sitemap() -> Response:
    addresses = [url_for(endpoint, _external=True) for endpoint in _INDEXED]
    page = render_template("public/sitemap.xml", addresses=addresses)
    return Response(page, mimetype="application/xml")


@blueprint.get("/.well-known/security.txt")
@public
def security_txt() -> Response:
    """RFC 9116: whom to tell of a weakness."""
    expires = (utc_now() + _SECURITY_TXT_LASTS).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: mailto:{services().settings.support_email}",
        f"Expires: {expires.isoformat()}",
        f"Canonical: {url_for('public.security_txt', _external=True)}",
        "Preferred-Languages: en, ar",
    )
    return Response("\n".join((*lines, "")), mimetype="text/plain")


@blueprint.get("/favicon.ico")
@public
def favicon() -> Response:
    return redirect(url_for("static", filename="favicon.svg"))
