"""Conversions → Files for Google: what can be uploaded by hand, the files, and that they were uploaded."""

import uuid

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.auth.access import actor, allow
from app.conversions.files import making
from app.conversions.files.rows import HEADINGS
from app.core.db import db
from app.core.errors import InvalidInputError, NotFoundError
from app.core.htmx import go_to
from app.core.words import gettext as _
from app.core.words import lazy_gettext

blueprint = Blueprint("conversion_files", __name__, url_prefix="/conversions/files")
_MANAGERS = ("owner", "admin")
KINDS = {
    "clicks": (
        lazy_gettext("Conversions from clicks"),
        lazy_gettext("Leads with a click id. In Google Ads choose the upload of conversions from clicks."),
    ),
    "leads": (
        lazy_gettext("Enhanced conversions for leads"),
        lazy_gettext("Leads without a click id, with e-mail and phone as a hash."),
    ),
    "changes": (
        lazy_gettext("Changes and retractions"),
        lazy_gettext(
            "Sales that were taken back, spam, withdrawn consent, other values. A conversion that Google has taken "
            "back stays so: the same sale cannot be reported again."
        ),
    ),
}


@blueprint.get("")
def index() -> str:
    return render_template(
        "conversions/files.html",
        ready=making.ready(db.session()),
        files=making.newest(db.session()),
        kinds=KINDS,
        can_edit=current_user.role in _MANAGERS,
        time_zone=current_user.time_zone,
    )


@blueprint.post("")
@allow(*_MANAGERS)
def make() -> BaseResponse:
    kind = request.form.get("kind", "")
    if kind not in HEADINGS:
        raise NotFoundError(_("There is no such file."))
    try:
        making.make(db.session(), kind, request.form.get("customer_id", ""), actor=actor())
    except InvalidInputError as error:
        flash(error.sentence, "error")
    else:
        db.session.commit()
        flash(_("The file is ready below. Download it, upload it in Google Ads, then say so here."), "success")
    return go_to(url_for("conversion_files.index"))


@blueprint.get("/<uuid:file_id>.csv")
@allow(*_MANAGERS)
def download(file_id: uuid.UUID) -> Response:
    file = making.find(db.session(), file_id)
    name = f"google-ads-{file.kind}-{file.customer_id}-{file.made_at:%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(making.content(db.session(), file), content_type="text/csv; charset=utf-8", headers=headers)


@blueprint.post("/<uuid:file_id>/upload")
@allow(*_MANAGERS)
def confirm(file_id: uuid.UUID) -> BaseResponse:
    making.confirm(db.session(), file_id, actor=actor())
    db.session.commit()
    flash(_("Written down. Leader does not send these conversions by itself."), "success")
    return go_to(url_for("conversion_files.index"))
