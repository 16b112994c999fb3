"""The page of the first steps, the samples, and the page for the person who looks after the website."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, current_app, flash, make_response, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.auth.access import actor, allow, public
from app.capture import sources
from app.capture.inbox import Inbox
from app.core.db import db
from app.core.htmx import go_to, page_or_partial
from app.core.security import limiter
from app.core.services import services
from app.core.words import gettext as _
from app.core.words import ngettext
from app.onboarding import steps, website_systems
from app.seeding import samples

blueprint = Blueprint("onboarding", __name__)

MOST_LOOKS = 200
"""How often the open page asks by itself, every three seconds; then it waits for a click."""


@blueprint.get("/getting-started")
def show() -> Response:
    looks = _looks()
    return page_or_partial("onboarding/show.html", "onboarding/_progress.html", **_page(looks))


@blueprint.post("/getting-started/end")
@allow("owner", "admin")
def end() -> Response:
    steps.end(db.session())
    db.session.commit()
    flash(_("The first steps are put away. You find them in the menu under your name."), "success")
    return go_to(url_for("leads.index"))


@blueprint.post("/getting-started/samples")
@allow("owner", "admin")
def load_samples() -> Response:
    count = samples.load(db.session(), actor=actor())
    db.session.commit()
    flash(ngettext("%(num)d sample lead is here.", "%(num)d sample leads are here.", count), "success")
    return go_to(url_for("leads.index"))


@blueprint.post("/getting-started/samples/clear")
@allow("owner", "admin")
def clear_samples() -> Response:
    count = samples.clear(db.session(), actor=actor())
    db.session.commit()
    flash(ngettext("%(num)d sample lead is gone.", "%(num)d sample leads are gone.", count), "success")
    return go_to(url_for("onboarding.show"))


@blueprint.get("/install/<token>")
@public
@limiter.limit("60 per minute")
def show_install_help(token: str) -> Response:
    """For somebody without an account, who got the link by e-mail."""
    site_key = website_systems.read(token, services().settings.secret_key)
    inbox: Inbox = current_app.extensions["leader_inbox"]
    page = render_template(
        "onboarding/install.html",
        company_name=inbox.source(site_key).company_name,
        here=url_for("onboarding.show_install_help", token=token),
        **_website(site_key),
    )
    return make_response(page, 200, {"X-Robots-Tag": "noindex", "Referrer-Policy": "same-origin"})


def _looks() -> int:
    text = request.args.get("looks", "0")
    return min(int(text), MOST_LOOKS) if text.isascii() and text.isdecimal() and len(text) < 6 else MOST_LOOKS


def _page(looks: int) -> dict[str, Any]:
    session = db.session()
    progress = steps.progress(session)
    site_key = sources.website(session).site_key
    token = website_systems.sign(site_key, services().settings.secret_key)
    help_address = _base_url() + url_for("onboarding.show_install_help", token=token)
    return {
        "progress": progress,
        "next_look": looks + 1 if progress.is_waiting and looks < MOST_LOOKS else None,
        "samples": samples.count(session),
        "may_write": current_user.role != "viewer",
        "may_manage": current_user.role in ("owner", "admin"),
        "time_zone": current_user.time_zone,
        "help_address": help_address,
        "letter": _letter(help_address),
        **_website(site_key),
    }


def _website(site_key: str) -> dict[str, Any]:
    system = website_systems.chosen(request.args.get("site", ""))
    return {
        "systems": website_systems.SYSTEMS,
        "system": system,
        "code": website_systems.code(system, base_url=_base_url(), site_key=site_key),
    }


def _letter(help_address: str) -> str:
    """A mailto link with the whole letter to the person who looks after the website."""
    subject = _("One line for our website: %(company)s", company=current_user.company_name)
    body = _(
        "Hello,\n\nplease add one line to every page of our website. It notes which advertising brings our customers. "
        "What to do is described here, step by step:\n\n%(address)s\n\nThank you\n%(name)s",
        address=help_address,
        name=current_user.name,
    )
    return f"mailto:?subject={quote(subject)}&body={quote(body)}"


def _base_url() -> str:
    return services().settings.base_url.rstrip("/")
