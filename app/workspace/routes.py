"""Narrowing the table, and what is done with many leads at once."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, stream_with_context, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.auth.access import actor, allow
from app.core.clock import utc_now
from app.core.db import db
from app.core.errors import InvalidInputError
from app.core.htmx import go_to, page_or_partial, wants_partial
from app.core.money import CURRENCIES
from app.core.words import gettext as _
from app.fields import shaping
from app.leads import custom, filters, queries, stages
from app.leads.chips import link
from app.leads.filters import Asked, BadFilterError, Filters
from app.leads.locking import ChangedMeanwhileError
from app.leads.routes import reader
from app.workspace import exporting, views
from app.workspace.choices import choices

blueprint = Blueprint("workspace", __name__)


@blueprint.get("/leads/filters")
def show_filters() -> Response:
    return _filters()


@blueprint.app_errorhandler(BadFilterError)
def _refused(_error: BadFilterError) -> BaseResponse:
    """Wherever the table was narrowed by a day or an amount that is none."""
    asked = Asked.of(request.args)
    return go_to(link(url_for("workspace.show_filters"), **asked.arguments())) if wants_partial() else _filters(422)


def _filters(status: int = 200, *, name: str = "", is_shared: bool = False, error: str = "") -> Response:
    """The form of filters and the saved views. What was asked stands in the address, or in a refused view."""
    asked = Asked.of(request.values)
    return page_or_partial(
        "workspace/filters.html",
        "workspace/_filter_form.html",
        status=status,
        asked=asked,
        problems=filters.problems(asked, reader()),
        view={"name": name, "is_shared": is_shared, "error": error},
        choices=choices(db.session()),
        may_write=current_user.role != "viewer",
        views=views.seen_by(db.session(), current_user.id),
        savable={key: value for key, value in asked.arguments().items() if key not in ("q", "notes")},
        user_id=current_user.id,
        is_admin=_is_admin(),
        currency_sign=CURRENCIES[current_user.currency][0].strip(),
    )


@blueprint.post("/leads/views")
def save_view() -> BaseResponse:
    name, is_shared = request.form.get("name", ""), bool(request.form.get("is_shared"))
    try:
        view = views.save(db.session(), current_user.id, name, Asked.of(request.form), is_shared=is_shared)
    except InvalidInputError as error:
        db.session.rollback()
        return _filters(422, name=name, is_shared=is_shared, error=error.sentence)
    db.session.commit()
    flash(_("“%(name)s” is saved. You find it under Filters.", name=view.name), "success")
    return redirect(link(url_for("leads.index"), **view.asked), code=303)


@blueprint.post("/leads/views/<uuid:view_id>/removals")
def delete_view(view_id: UUID) -> BaseResponse:
    name = views.delete(db.session(), view_id, current_user.id, is_admin=_is_admin())
    db.session.commit()
    flash(_("The view “%(name)s” is deleted. The leads in it stay.", name=name), "success")
    return redirect(url_for("workspace.show_filters"), code=303)


@blueprint.get("/leads/export.csv")
@allow("owner", "admin", "member")
def export() -> Response:
    asked = Asked.of(request.args)
    chosen = _chosen(asked)
    exporting.note(db.session(), asked, actor=actor())
    db.session.commit()
    content = exporting.pieces(
        db.session.session_factory, db.session(), chosen, sort=asked.sort, time_zone=current_user.time_zone
    )
    name = f"leader-leads-{utc_now():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(stream_with_context(content), content_type="text/csv; charset=utf-8", headers=headers)


@blueprint.post("/leads/<uuid:lead_id>/fields")
def save_fields(lead_id: UUID) -> BaseResponse:
    version = request.form.get("version", "")
    try:
        given = custom.answers(shaping.active(db.session()), request.form)
        seen = int(version) if version.isdecimal() and len(version) < 10 else 0
        custom.write(db.session(), lead_id, given, version=seen, actor=actor())
        db.session.commit()
    except (InvalidInputError, ChangedMeanwhileError) as error:
        db.session.rollback()
        queries.lead(db.session(), lead_id)
        flash(error.sentence, "error")
    return redirect(url_for("leads.show", lead_id=lead_id), code=303)


def _chosen(asked: Asked) -> Filters:
    """Raises NotFoundError and InvalidInputError, as the table does."""
    named = filters.name(db.session(), asked, reader())
    return filters.parse(stages.in_order(db.session()), asked, reader(), named)


def _is_admin() -> bool:
    return current_user.role in ("owner", "admin")
