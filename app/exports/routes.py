"""Settings → Your data: exports, their download, one's own data, and the record of processing."""

import uuid
from typing import Any

from flask import Blueprint, flash, jsonify, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.auth import confirming, limits, proving
from app.auth.access import actor, allow, while_closed
from app.companies.vault import open_vault
from app.core.db import db
from app.core.errors import InvalidInputError
from app.core.htmx import go_to, page_or_partial
from app.core.security import limiter
from app.core.services import services
from app.core.words import gettext as _
from app.exports import asking, downloading, record
from app.exports.forms import PasswordForm
from app.exports.models import ACTIVE, Export
from app.exports.own_data import own_data

blueprint = Blueprint("exports", __name__)


@blueprint.get("/settings/data")
@while_closed
def index() -> Response:
    return page_or_partial("exports/index.html", "exports/_exports.html", **_page())


@blueprint.get("/settings/data/mine")
@while_closed
def own_page() -> str:
    parts = own_data(db.session(), current_user.id)
    return render_template("exports/own.html", parts=parts, time_zone=current_user.time_zone)


@blueprint.get("/settings/data/mine.json")
@while_closed
def own_json() -> Response:
    response = jsonify({part.name: vars(part) for part in own_data(db.session(), current_user.id)})
    response.headers["Content-Disposition"] = 'attachment; filename="leader-about-me.json"'
    return response


@blueprint.get("/settings/data/record")
@allow("owner", "admin")
def show_record() -> str:
    return render_template("exports/record.html", lines=record.lines(), company_name=current_user.company_name)


@blueprint.post("/settings/data/exports")
@while_closed
@allow("owner", "admin")
def ask() -> Response:
    try:
        asking.ask(db.session(), actor())
        db.session.commit()
    except InvalidInputError as error:
        flash(error.sentence, "error")
    else:
        flash(_("Your export has begun. We write to you when it is ready."), "success")
    return go_to(url_for("exports.index"))


@blueprint.get("/settings/data/exports/<uuid:export_id>")
@while_closed
@allow("owner", "admin")
def show(export_id: uuid.UUID) -> str:
    return render_template("exports/download.html", **_download_page(export_id, PasswordForm()))


@blueprint.post("/settings/data/exports/<uuid:export_id>/download")
@while_closed
@allow("owner", "admin")
@limiter.limit("10 per 5 minutes")
@limits.of_account("10 per 5 minutes")
def download(export_id: uuid.UUID) -> Response | tuple[str, int]:
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            return _hand_out(export_id, form.password.data)
        except InvalidInputError as error:
            db.session.rollback()
            for name, sentence in (error.fields or {"password": error.sentence}).items():
                form[name].errors = [sentence]
    return render_template("exports/download.html", **_download_page(export_id, form)), 422


@blueprint.post("/settings/data/exports/<uuid:export_id>/deletion")
@while_closed
@allow("owner", "admin")
def delete(export_id: uuid.UUID) -> Response:
    folder = asking.folder(services().settings, current_user.company_id)
    asking.end(db.session(), asking.find(db.session(), export_id), folder, actor())
    db.session.commit()
    flash(_("The archive is deleted."), "success")
    return go_to(url_for("exports.index"))


def _hand_out(export_id: uuid.UUID, password: str) -> Response:
    held = services()
    export = asking.find(db.session(), export_id)
    confirming.confirm(db.session(), actor(), proving.proof(password))
    box, folder = open_vault(db.session(), held.key_ring), asking.folder(held.settings, current_user.company_id)
    opened = downloading.open_archive(db.session(), export, actor(), box, folder)
    db.session.commit()
    response = Response(opened.content, mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{opened.file_name}"'
    response.content_length = opened.size
    return response


def _page() -> dict[str, Any]:
    may_export = current_user.role in ("owner", "admin")
    exports = asking.newest(db.session()) if may_export else []
    return {
        "exports": exports,
        "active": next((export for export in exports if export.state in ACTIVE), None),
        "may_export": may_export,
        "time_zone": current_user.time_zone,
    }


def _download_page(export_id: uuid.UUID, form: PasswordForm) -> dict[str, Any]:
    export: Export = asking.find(db.session(), export_id)
    return {"export": export, "form": form, "time_zone": current_user.time_zone}
