"""The policies as pages, their versions, and the acknowledgement of what is new."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import format_date
from flask_login import current_user
from werkzeug.wrappers import Response

from app.auth.access import own_affair, public
from app.core.db import db
from app.core.services import services
from app.core.words import SOURCE
from app.core.words import gettext as _
from app.legal import comparing, seeing, versions
from app.legal.versions import Version

blueprint = Blueprint("legal", __name__)


@blueprint.get("/privacy")
@public
def privacy() -> str:
    return _page(versions.current("privacy"))


@blueprint.get("/privacy/google")
@public
def google() -> str:
    return _page(versions.current("google"))


@blueprint.get("/terms")
@public
def terms() -> str:
    return _page(versions.current("terms"))


@blueprint.get("/sub-processors")
@public
def sub_processors() -> str:
    return _page(versions.current("sub-processors"))


@blueprint.get("/privacy/versions")
@public
def versions_of_privacy() -> Response:
    return redirect(url_for("legal.all_versions", policy="privacy"))


@blueprint.get("/policies/<policy>")
@public
def all_versions(policy: str) -> str:
    every = [versions.in_readers_words(each) for each in versions.versions(policy)]
    return render_template("legal/versions.html", versions=every)


@blueprint.get("/policies/<policy>/<day>")
@public
def version(policy: str, day: str) -> str:
    return _page(versions.version_of(policy, day))


@blueprint.get("/policies/<policy>/<day>/changes")
@public
def changes(policy: str, day: str) -> str:
    chosen = versions.version_of(policy, day)
    before = next((each for each in versions.versions(policy) if each.day < chosen.day), None)
    before, chosen = versions.in_one_language(before, chosen)
    pieces = comparing.compare(before.text if before else "", chosen.text)
    return render_template("legal/changes.html", version=chosen, before=before, pieces=pieces)


@blueprint.get("/policies/news")
def news() -> str:
    unseen = [versions.in_readers_words(each) for each in seeing.unseen(db.session(), current_user.user_id)]
    return render_template("legal/news.html", versions=unseen)


@blueprint.post("/policies/news/seen")
@own_affair
def mark_seen() -> Response:
    is_all = seeing.acknowledge(db.session(), current_user.user_id, request.form.getlist("seen"))
    db.session.commit()
    flash(_("Thank you for reading it."), "success")
    response = redirect(url_for("leads.index"), code=303)
    if is_all:
        _keep_mark(response)
    return response


def _keep_mark(response: Response) -> None:
    response.set_cookie(
        seeing.COOKIE,
        seeing.mark_of(current_user.user_id),
        max_age=seeing.COOKIE_LASTS,
        secure=services().settings.is_https,
        httponly=True,
        samesite="Lax",
    )


def _page(chosen: Version) -> str:
    is_current = chosen is versions.current(chosen.policy)
    if request.args.get("language") != SOURCE:
        chosen = versions.in_readers_words(chosen)
    screens = {
        clause.screen: url_for(clause.screen)
        for clause in chosen.clauses
        if clause.screen in current_app.view_functions
    }
    english = url_for("legal.version", policy=chosen.policy, day=chosen.day.isoformat(), language=SOURCE)
    return render_template(
        "legal/policy.html",
        version=chosen,
        updated=format_date(chosen.day, "d MMM y"),
        is_current=is_current,
        screens=screens,
        english=english,
    )
