"""Settings → Stages."""

from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.auth.access import actor, allow
from app.core.db import db
from app.core.errors import InvalidInputError
from app.core.words import gettext as _
from app.core.words import ngettext
from app.stages import shaping
from app.stages.words import colours, kinds

blueprint = Blueprint("stages", __name__, url_prefix="/settings/stages")
_MANAGERS = ("owner", "admin")


@blueprint.get("")
@allow(*_MANAGERS)
def index() -> str:
    return _page()


@blueprint.post("")
@allow(*_MANAGERS)
def add() -> Response:
    typed = {name: request.form.get(name, "") for name in ("name", "kind", "colour")}
    try:
        stage = shaping.add(db.session(), **typed, actor=actor())
    except InvalidInputError as error:
        db.session.rollback()
        return make_response(_page(error.sentence, typed), 422)
    db.session.commit()
    return _done(_("“%(name)s” is a stage from now on.", name=stage.name))


@blueprint.post("/<uuid:stage_id>")
@allow(*_MANAGERS)
def change(stage_id: UUID) -> Response:
    try:
        stage = shaping.change(
            db.session(), stage_id, request.form.get("name", ""), request.form.get("colour", ""), actor=actor()
        )
    except InvalidInputError as error:
        return _refused(error)
    db.session.commit()
    return _done(_("“%(name)s” is saved.", name=stage.name))


@blueprint.post("/<uuid:stage_id>/shifts")
@allow(*_MANAGERS)
def shift(stage_id: UUID) -> Response:
    try:
        stage = shaping.shift(db.session(), stage_id, up=request.form.get("way") == "up")
    except InvalidInputError as error:
        return _refused(error)
    db.session.commit()
    return _done(_("“%(name)s” has another place.", name=stage.name))


@blueprint.post("/<uuid:stage_id>/archivings")
@allow(*_MANAGERS)
def archive(stage_id: UUID) -> Response:
    try:
        count = shaping.archive(db.session(), stage_id, _id(request.form.get("to", "")), actor=actor())
    except InvalidInputError as error:
        return _refused(error)
    db.session.commit()
    moved = ngettext("%(num)s lead was moved.", "%(num)s leads were moved.", count)
    return _done(_("The stage is archived.") + " " + moved)


def _page(error: str = "", typed: dict[str, str] | None = None) -> str:
    stages = shaping.active(db.session())
    return render_template(
        "stages/index.html", stages=stages, kinds=kinds(), colours=colours(), error=error, typed=typed or {}
    )


def _refused(error: InvalidInputError) -> Response:
    db.session.rollback()
    flash(error.sentence, "error")
    return redirect(url_for("stages.index"), code=303)


def _done(words: str) -> Response:
    flash(words, "success")
    return redirect(url_for("stages.index"), code=303)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
