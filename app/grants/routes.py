"""Settings → Support access."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.auth import limits
from app.auth.access import actor, allow
from app.core.db import db
from app.core.errors import InvalidInputError
from app.core.words import gettext as _
from app.core.words import ngettext
from app.grants import giving

blueprint = Blueprint("grants", __name__)


@blueprint.get("/settings/support-access")
@allow("owner")
def show() -> str:
    return _page()


@blueprint.post("/settings/support-access")
@allow("owner")
@limits.of_account("30 per hour")
def give() -> Response | tuple[str, int]:
    try:
        giving.give(db.session(), actor(), _hours(request.form.get("hours", "")))
    except InvalidInputError as error:
        return _page(error.sentence), 422
    db.session.commit()
    flash(_("Support may look at your leads now. Each look stands in your security log."), "success")
    return redirect(url_for(".show"), code=303)


@blueprint.post("/settings/support-access/<uuid:grant_id>/end")
@allow("owner")
def end(grant_id: uuid.UUID) -> Response:
    giving.end(db.session(), actor(), grant_id)
    db.session.commit()
    flash(_("Support sees your leads no more."), "success")
    return redirect(url_for(".show"), code=303)


def _page(error: str | None = None) -> str:
    session = db.session()
    choices = [(hours, _time(hours)) for hours in giving.HOURS]
    return render_template(
        "grants/show.html",
        living=giving.living(session),
        grants=giving.newest(session),
        choices=choices,
        error=error,
        time_zone=current_user.time_zone,
    )


def _time(hours: int) -> str:
    if hours < 24:
        return ngettext("%(num)s hour", "%(num)s hours", hours)
    return ngettext("%(num)s day", "%(num)s days", hours // 24)


def _hours(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
