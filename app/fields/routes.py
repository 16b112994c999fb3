"""Settings → Fields."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.auth.access import actor, allow
from app.core.db import db
from app.core.errors import InvalidInputError
from app.core.words import gettext as _
from app.fields import shaping

blueprint = Blueprint("fields", __name__, url_prefix="/settings/fields")
_MANAGERS = ("owner", "admin")


@blueprint.get("")
@allow(*_MANAGERS)
def index() -> str:
    return _page()


@blueprint.post("")
@allow(*_MANAGERS)
def add() -> Response:
    try:
        field = shaping.add(db.session(), kind=request.form.get("kind", ""), **_typed(), actor=actor())
    except InvalidInputError as error:
        return _refused(error, request.form.to_dict())
    db.session.commit()
    return _done(_("“%(name)s” is on the page of every lead from now on.", name=field.name))


@blueprint.post("/<uuid:field_id>")
@allow(*_MANAGERS)
def change(field_id: UUID) -> Response:
    try:
        field = shaping.change(db.session(), field_id, **_typed(), actor=actor())
    except InvalidInputError as error:
        return _refused(error)
    db.session.commit()
    return _done(_("“%(name)s” is saved.", name=field.name))


@blueprint.post("/<uuid:field_id>/shifts")
@allow(*_MANAGERS)
def shift(field_id: UUID) -> Response:
    field = shaping.shift_up(db.session(), field_id)
    db.session.commit()
    return _done(_("“%(name)s” has another place.", name=field.name))


@blueprint.post("/<uuid:field_id>/archivings")
@allow(*_MANAGERS)
def archive(field_id: UUID) -> Response:
    back = bool(request.form.get("back"))
    try:
        field = shaping.archive(db.session(), field_id, back=back, actor=actor())
    except InvalidInputError as error:
        return _refused(error)
    db.session.commit()
    done = _("“%(name)s” is asked again.", name=field.name)
    return _done(done if back else _("“%(name)s” is archived. What leads say there stays.", name=field.name))


def _typed() -> dict[str, Any]:
    return {
        "name": request.form.get("name", ""),
        "choices": request.form.get("choices", "").splitlines(),
        "is_required": bool(request.form.get("is_required")),
    }


def _page(error: str = "", given: dict[str, str] | None = None) -> str:
    """`given` is a refused new field, as it was typed."""
    kinds = {
        "text": _("Text"),
        "number": _("Number"),
        "date": _("Day"),
        "choice": _("Choice from a list"),
        "yes_no": _("Yes or no"),
    }
    session = db.session()
    fields, archived = shaping.active(session), shaping.archived(session)
    return render_template(
        "fields/index.html", fields=fields, archived=archived, kinds=kinds, error=error, given=given or {}
    )


def _refused(error: InvalidInputError, given: dict[str, str] | None = None) -> Response:
    db.session.rollback()
    return make_response(_page(error.sentence, given), 422)


def _done(words: str) -> Response:
    flash(words, "success")
    return redirect(url_for("fields.index"), code=303)
