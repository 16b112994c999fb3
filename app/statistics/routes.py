"""The public page of statistics, and a company's choice whether it takes part."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.auth.access import actor, allow, public
from app.core.db import db
from app.core.words import gettext as _
from app.statistics import bounds, choosing, queries, words

blueprint = Blueprint("statistics", __name__)


@blueprint.get("/statistics")
@public
def show() -> str:
    return render_template("statistics/show.html", releases=queries.releases(db.session()), words=words, bounds=bounds)


@blueprint.get("/settings/statistics")
@allow("owner", "admin")
def show_choice() -> str:
    return render_template("statistics/choice.html", takes_part=choosing.takes_part(db.session()))


@blueprint.post("/settings/statistics")
@allow("owner", "admin")
def choose() -> Response:
    wanted = request.form.get("takes_part") == "y"
    choosing.choose(db.session(), wanted, actor=actor())
    db.session.commit()
    flash(_("You take part in the statistics.") if wanted else _("You are left out of the statistics."), "success")
    return redirect(url_for("statistics.show_choice"), code=303)
