"""Conversions: what is reported, the outbox, and receipts."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.auth.access import allow
from app.conversions import mappings, outbox, queries
from app.conversions.forms import MappingForm
from app.conversions.receipts import headline, tone
from app.conversions.uploads import JOB
from app.core.db import db
from app.core.errors import InvalidInputError
from app.core.htmx import go_to, page_or_partial, redirect_or_partial
from app.core.pagination import Position
from app.core.queue import ring_after_commit
from app.leads import stages

blueprint = Blueprint("conversions", __name__)


@blueprint.get("/conversions")
def index() -> str:
    return render_template("conversions/index.html", **_page(_form()))


@blueprint.post("/conversions/mappings")
@allow("owner", "admin")
def add_mapping() -> BaseResponse | tuple[str, int]:
    form = _form()
    if form.validate_on_submit():
        try:
            mappings.add(
                db.session(),
                stage_id=uuid.UUID(form.stage_id.data),
                action_id=uuid.UUID(form.action_id.data),
                value=form.value.data,
                value_rule=form.value_rule.data,
            )
            db.session.commit()
        except InvalidInputError as error:
            for name, sentence in error.fields.items():
                form[name].errors = [sentence]
        else:
            flash("From now on this stage is reported to Google Ads.", "success")
            return go_to(url_for("conversions.index"))
    return render_template("conversions/index.html", **_page(form)), 422


@blueprint.post("/conversions/mappings/<uuid:mapping_id>/removal")
@allow("owner", "admin")
def remove_mapping(mapping_id: uuid.UUID) -> BaseResponse:
    mappings.remove(db.session(), mapping_id)
    db.session.commit()
    flash("This stage is no longer reported. What was planned before still goes out.", "success")
    return go_to(url_for("conversions.index"))


@blueprint.get("/conversions/uploads/<uuid:upload_id>")
def show_receipt(upload_id: uuid.UUID) -> Response:
    receipt = queries.receipt(db.session(), upload_id)
    page, part = "conversions/receipt.html", "conversions/_receipt.html"
    return page_or_partial(page, part, receipt=receipt, time_zone=current_user.time_zone)


@blueprint.post("/conversions/uploads/<uuid:upload_id>/sendings")
def send_again(upload_id: uuid.UUID) -> BaseResponse:
    if outbox.send_again(db.session(), upload_id):
        ring_after_commit(db.session(), "conversions", JOB)
    db.session.commit()
    address = url_for("conversions.show_receipt", upload_id=upload_id)
    receipt = queries.receipt(db.session(), upload_id)
    return redirect_or_partial(address, "conversions/_receipt.html", receipt=receipt, time_zone=current_user.time_zone)


def _form() -> MappingForm:
    """The form with this company's stages and conversions; a fresh one proposes the stage that means won."""
    form = MappingForm()
    known = stages.in_order(db.session())
    form.offer(known, queries.action_choices(db.session()))
    if request.method == "GET":
        form.stage_id.data = next((str(stage.id) for stage in known if stage.kind == "won"), None)
    return form


def _page(form: MappingForm) -> dict[str, Any]:
    rows, older = queries.uploads_page(db.session(), Position.parse(request.args.get("after", "")))
    return {
        "form": form,
        "mappings": queries.mappings(db.session()),
        "can_edit": current_user.role in ("owner", "admin"),
        "uploads": [(row, headline(row.state, row.reason), tone(row.state, row.reason)) for row in rows],
        "older": url_for("conversions.index", after=older.token()) if older else None,
        "is_first": "after" not in request.args,
        "time_zone": current_user.time_zone,
    }
