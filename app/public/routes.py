"""Pages for everybody, and what watchers of the service ask."""

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.auth.access import public
from app.auth.next_page import own_path
from app.core import words
from app.core.db import db
from app.core.services import services
from app.public import readiness

blueprint = Blueprint("public", __name__)

_ROBOTS = """\
User-agent: *
Allow: /$
Allow: /privacy
Allow: /support
Allow: /static/
Disallow: /
"""


@blueprint.get("/")
@public
def home() -> Response | str:
    if current_user.is_authenticated:
        return redirect(url_for("leads.index"))
    return render_template("public/home.html")


@blueprint.get("/privacy")
@public
def privacy() -> str:
    return render_template("public/privacy.html")


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
    return response


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """This process answers. Nothing else is asked."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """503 while the database cannot serve; without the queue Leader is slower but loses nothing."""
    state = readiness.look(db.engine, services().bell)
    return jsonify(status=state.status, **vars(state)), 200 if state.can_serve else 503


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    return Response(_ROBOTS, mimetype="text/plain")


@blueprint.get("/favicon.ico")
@public
def favicon() -> Response:
    return redirect(url_for("static", filename="favicon.svg"))
