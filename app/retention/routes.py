"""Settings → Retention, and keeping single leads."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.auth.access import actor, allow
from app.core.clock import utc_now
from app.core.db import db
from app.core.errors import InvalidInputError
from app.core.words import gettext as _
from app.retention import holding, queries, rules

blueprint = Blueprint("retention", __name__)

_MANAGERS = ("owner", "admin")


@blueprint.get("/settings/retention")
@allow(*_MANAGERS)
def show() -> str:
    """With `data_class` and `months` in the address: what that choice would do."""
    chosen = request.args.get("data_class", "")
    preview = _preview(chosen, rules.parse_months(request.args.get("months", ""))) if chosen else None
    return _page(preview=preview)


@blueprint.post("/settings/retention")
@allow("owner")
def change() -> Response | tuple[str, int]:
    try:
        months = rules.parse_months(request.form.get("months", ""))
        rules.change(db.session(), request.form.get("data_class", ""), months, actor=actor())
    except InvalidInputError as error:
        return _page(error=error.sentence), 422
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".show"), code=303)


@blueprint.post("/settings/retention/undo")
@allow("owner")
def undo() -> Response | tuple[str, int]:
    try:
        rules.undo(db.session(), request.form.get("data_class", ""), actor=actor())
    except InvalidInputError as error:
        return _page(error=error.sentence), 422
    db.session.commit()
    flash(_("Undone. Everything is kept as before."), "success")
    return redirect(url_for(".show"), code=303)


@blueprint.post("/leads/<uuid:lead_id>/hold")
def hold(lead_id: uuid.UUID) -> Response:
    holding.hold(db.session(), lead_id, actor=actor())
    db.session.commit()
    flash(_("This lead is kept until somebody lets it go."), "success")
    return redirect(url_for("leads.show", lead_id=lead_id), code=303)


@blueprint.post("/leads/<uuid:lead_id>/hold/end")
def let_go(lead_id: uuid.UUID) -> Response:
    holding.let_go(db.session(), lead_id, actor=actor())
    db.session.commit()
    flash(_("Your retention rule holds for this lead again."), "success")
    return redirect(url_for("leads.show", lead_id=lead_id), code=303)


def _preview(data_class: str, months: int | None) -> dict[str, Any]:
    """What would end at once if this were chosen. Raises InvalidInputError."""
    if data_class not in rules.CHOICES or (months is not None and months not in rules.CHOICES[data_class]):
        raise InvalidInputError(_("Choose one of the times in the list."))
    count = {"leads": queries.count_leads, "messages": queries.count_messages}[data_class]
    affected = count(db.session(), rules.active_since(utc_now() + rules.NOTICE, months)) if months else 0
    return {"data_class": data_class, "months": months, "affected": affected, "on": utc_now() + rules.NOTICE}


def _page(*, preview: dict[str, Any] | None = None, error: str = "") -> str:
    return render_template(
        "retention/show.html",
        rules=rules.read(db.session()),
        choices=rules.CHOICES,
        preview=preview,
        error=error,
        may_change=current_user.role == "owner",
        time_zone=current_user.time_zone,
    )
