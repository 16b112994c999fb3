"""Leads from a file: upload, columns with a preview, progress, refused lines, undo."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, stream_with_context, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.auth.access import actor, allow
from app.companies.models import Company
from app.core.db import db
from app.core.errors import InvalidInputError
from app.core.htmx import go_to, page_or_partial
from app.core.security import csrf, limiter
from app.core.tenancy import company_of
from app.core.words import gettext as _
from app.core.words import known
from app.imports import preview, receiving, refusals
from app.imports.fields import FIELDS
from app.imports.models import ACTIVE, LeadImport
from app.imports.reading import ENCODINGS

blueprint = Blueprint("imports", __name__, url_prefix="/leads/imports")

_MOST_REFUSED = 20


@blueprint.get("")
@allow("owner", "admin")
def index() -> str:
    return _index()


@blueprint.post("")
@csrf.exempt  # type: ignore[untyped-decorator] # it would read the file before its size is allowed; checked below
@allow("owner", "admin")
@limiter.limit("30 per hour")
def upload() -> BaseResponse:
    request.max_content_length = receiving.MOST_BYTES
    csrf.protect()
    file = request.files.get("file")
    if file is None or not file.filename:
        return make_response(_index(_("Choose a file.")), 422)
    try:
        taken = receiving.receive(
            db.session(), file.stream, name=file.filename, encoding=request.form.get("encoding", ""), actor=actor()
        )
    except InvalidInputError as error:
        db.session.rollback()
        return make_response(_index(error.sentence), 422)
    db.session.commit()
    return go_to(url_for(".show", import_id=taken.id))


@blueprint.get("/<uuid:import_id>")
@allow("owner", "admin")
def show(import_id: uuid.UUID) -> Response | str:
    taken = receiving.find(db.session(), import_id)
    if taken.state == "read":
        return _columns(taken)
    return page_or_partial("imports/show.html", "imports/_progress.html", **_progress(taken))


@blueprint.post("/<uuid:import_id>/columns")
@allow("owner", "admin")
def choose(import_id: uuid.UUID) -> BaseResponse:
    """Keep what was chosen and show what becomes of it; or begin."""
    taken = receiving.find(db.session(), import_id)
    preview.choose(taken, request.form)
    try:
        if request.form.get("do") == "start":
            receiving.start(db.session(), taken)
    except InvalidInputError as error:
        db.session.commit()
        return make_response(_columns(taken, error.sentence), 422)
    db.session.commit()
    return go_to(url_for(".show", import_id=import_id))


@blueprint.post("/<uuid:import_id>/removals")
@allow("owner", "admin")
def undo(import_id: uuid.UUID) -> BaseResponse:
    """Give up a file that was not begun; take the leads of one that was away again."""
    taken = receiving.find(db.session(), import_id)
    try:
        if taken.state == "read":
            receiving.discard(db.session(), taken, actor=actor())
            flash(_("The file is forgotten. No lead was made."), "success")
        else:
            receiving.undo(db.session(), taken)
    except InvalidInputError as error:
        flash(error.sentence, "error")
    db.session.commit()
    return go_to(url_for(".show", import_id=import_id) if taken.state != "discarded" else url_for(".index"))


@blueprint.get("/<uuid:import_id>/refused.csv")
@allow("owner", "admin")
def refused(import_id: uuid.UUID) -> Response:
    taken = receiving.find(db.session(), import_id)
    content = refusals.pieces(db.session.session_factory, company_of(db.session()), taken)
    headers = {"Content-Disposition": 'attachment; filename="refused-lines.csv"', "Cache-Control": "no-store"}
    return Response(stream_with_context(content), content_type="text/csv; charset=utf-8", headers=headers)


def _index(problem: str = "") -> str:
    return render_template(
        "imports/index.html",
        imports=receiving.newest(db.session()),
        encodings=[("", _("Find out by itself")), *((code, known(words)) for code, words in ENCODINGS.items())],
        chosen=request.form.get("encoding", ""),
        problem=problem,
        most=receiving.MOST_BYTES,
        time_zone=current_user.time_zone,
    )


def _columns(taken: LeadImport, problem: str = "") -> str:
    session = db.session()
    return render_template(
        "imports/columns.html",
        taken=taken,
        fields=[(field, str(label)) for field, label in FIELDS.items()],
        looked=preview.look(session, taken, session.get_one(Company, company_of(session))),
        before=receiving.came_before(session, taken),
        encoding=known(ENCODINGS[taken.encoding]),
        problem=problem,
        time_zone=current_user.time_zone,
    )


def _progress(taken: LeadImport) -> dict[str, Any]:
    is_active = taken.state in ACTIVE
    return {
        "taken": taken,
        "is_active": is_active,
        "refused": [] if is_active else refusals.first(db.session(), taken, _MOST_REFUSED),
        "time_zone": current_user.time_zone,
    }
