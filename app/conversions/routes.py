"""Conversions: what is reported, what runs out soon, the outbox, and receipts."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.auth.access import actor, allow, whole_company_only
from app.conversions import diagnosing, diagnosis_words, mappings, outbox, past, pausing, queries, trying, worklist
from app.conversions.facts import Target
from app.conversions.forms import MappingForm, WishForm
from app.conversions.mappings import Wish
from app.conversions.receipts import headline, tone
from app.conversions.uploads import JOB
from app.conversions.verdicts import explain
from app.core.db import db
from app.core.errors import InvalidInputError
from app.core.htmx import go_to, page_or_partial, redirect_or_partial
from app.core.money import to_major
from app.core.pagination import Position
from app.core.queue import ring_after_commit
from app.core.words import gettext as _
from app.leads import stages

blueprint = Blueprint("conversions", __name__)
_MANAGERS = ("owner", "admin")


@blueprint.get("/conversions")
def index() -> Response:
    data = _page(_form())
    return page_or_partial("conversions/index.html", "conversions/_uploads.html", **data)


@blueprint.post("/conversions/mappings")
@allow(*_MANAGERS)
def add_mapping() -> BaseResponse | tuple[str, int]:
    form = _form()
    if form.validate_on_submit():
        try:
            stage_id, action_id = uuid.UUID(form.stage_id.data), uuid.UUID(form.action_id.data)
            mapping = mappings.add(db.session(), stage_id=stage_id, action_id=action_id, wish=form.wish())
            db.session.commit()
        except InvalidInputError as error:
            _show(error, form)
        else:
            flash(_("From now on this stage is reported to Google Ads."), "success")
            return go_to(url_for("conversions.show_mapping", mapping_id=mapping.id))
    return render_template("conversions/index.html", **_page(form)), 422


@blueprint.get("/conversions/mappings/<uuid:mapping_id>")
def show_mapping(mapping_id: uuid.UUID) -> str:
    """The rule, and what it would do to the leads of the last 90 days."""
    target = past.target(db.session(), mapping_id)
    return render_template("conversions/mapping.html", form=WishForm(obj=_wish(target)), **_mapping(target))


@blueprint.post("/conversions/mappings/<uuid:mapping_id>")
@allow(*_MANAGERS)
def change_mapping(mapping_id: uuid.UUID) -> BaseResponse | tuple[str, int]:
    form, target = WishForm(), past.target(db.session(), mapping_id)
    if form.validate_on_submit():
        try:
            mappings.change(db.session(), mapping_id, form.wish())
            db.session.commit()
        except InvalidInputError as error:
            _show(error, form)
        else:
            flash(_("Saved. It holds for what is planned from now on."), "success")
            return go_to(url_for("conversions.show_mapping", mapping_id=mapping_id))
    return render_template("conversions/mapping.html", form=form, **_mapping(target)), 422


@blueprint.post("/conversions/mappings/<uuid:mapping_id>/past")
@allow(*_MANAGERS)
def send_past(mapping_id: uuid.UUID) -> BaseResponse:
    past.ask(db.session(), mapping_id)
    db.session.commit()
    flash(_("The leads of the last 90 days are being planned. They appear below one by one."), "success")
    return go_to(url_for("conversions.index"))


@blueprint.post("/conversions/mappings/<uuid:mapping_id>/removal")
@allow(*_MANAGERS)
def remove_mapping(mapping_id: uuid.UUID) -> BaseResponse:
    mappings.remove(db.session(), mapping_id)
    db.session.commit()
    flash(_("This stage is no longer reported. What was planned before still goes out."), "success")
    return go_to(url_for("conversions.index"))


@blueprint.post("/conversions/pause")
@allow(*_MANAGERS)
def pause() -> BaseResponse:
    pausing.pause(db.session(), actor=actor())
    db.session.commit()
    flash(_("Sending is paused. What is planned waits until you resume."), "success")
    return go_to(url_for("conversions.index"))


@blueprint.post("/conversions/pause/end")
@allow(*_MANAGERS)
def resume() -> BaseResponse:
    pausing.resume(db.session(), actor=actor())
    db.session.commit()
    flash(_("Sending goes on."), "success")
    return go_to(url_for("conversions.index"))


@blueprint.get("/conversions/uploads/<uuid:upload_id>")
def show_receipt(upload_id: uuid.UUID) -> Response:
    return page_or_partial("conversions/receipt.html", "conversions/_receipt.html", **_receipt(upload_id))


@blueprint.post("/conversions/uploads/<uuid:upload_id>/sendings")
def send_again(upload_id: uuid.UUID) -> BaseResponse:
    if outbox.send_again(db.session(), upload_id) or outbox.send_now(db.session(), upload_id):
        ring_after_commit(db.session(), "conversions", JOB)
    db.session.commit()
    return _receipt_answer(upload_id)


@blueprint.post("/conversions/uploads/<uuid:upload_id>/cancellation")
def cancel(upload_id: uuid.UUID) -> BaseResponse:
    outbox.cancel(db.session(), upload_id)
    db.session.commit()
    return _receipt_answer(upload_id)


@blueprint.post("/conversions/uploads/<uuid:upload_id>/trial")
def try_out(upload_id: uuid.UUID) -> BaseResponse:
    """Ask Google whether it would take this, without sending it."""
    try:
        trying.ask(db.session(), upload_id)
    except InvalidInputError as error:
        flash(error.sentence, "error")
    db.session.commit()
    return _receipt_answer(upload_id)


@blueprint.get("/conversions/diagnostics")
def diagnostics() -> str:
    """What Google says beside what Leader knows."""
    whole_company_only()
    return render_template(
        "conversions/diagnostics.html",
        accounts=diagnosing.of_accounts(db.session()),
        weeks=diagnosing.coverage(db.session(), current_user.time_zone),
        statuses=diagnosis_words.STATUSES,
        clients=diagnosis_words.CLIENTS,
        explain=explain,
        can_edit=current_user.role in _MANAGERS,
        time_zone=current_user.time_zone,
    )


@blueprint.post("/conversions/diagnostics/<uuid:account_id>")
@allow(*_MANAGERS)
def ask_diagnosis(account_id: uuid.UUID) -> BaseResponse:
    try:
        diagnosing.ask(db.session(), account_id)
        db.session.commit()
        flash(_("Google is being asked. Look again in a moment."), "success")
    except InvalidInputError as error:
        db.session.rollback()
        flash(error.sentence, "error")
    return go_to(url_for("conversions.diagnostics"))


def _receipt(upload_id: uuid.UUID) -> dict[str, Any]:
    return {"receipt": queries.receipt(db.session(), upload_id), "time_zone": current_user.time_zone}


def _receipt_answer(upload_id: uuid.UUID) -> BaseResponse:
    address = url_for("conversions.show_receipt", upload_id=upload_id)
    return redirect_or_partial(address, "conversions/_receipt.html", **_receipt(upload_id))


def _show(error: InvalidInputError, form: WishForm) -> None:
    for name, sentence in error.fields.items():
        form[name].errors = [sentence]


def _form() -> MappingForm:
    """The form with this company's stages and conversions; a fresh one proposes the stage that means won."""
    form = MappingForm()
    known = stages.in_order(db.session())
    form.offer(known, queries.action_choices(db.session()))
    if request.method == "GET":
        form.stage_id.data = next((str(stage.id) for stage in known if stage.kind == "won"), None)
    return form


def _wish(target: Target) -> Wish:
    """The rule as the form shows it."""
    mapping = target.mapping
    return Wish(
        value=str(to_major(mapping.value_minor, mapping.currency)),
        value_rule=mapping.value_rule,
        percent=mapping.percent,
        needs_consent=mapping.needs_consent,
        channels=mapping.channels,
    )


def _mapping(target: Target) -> dict[str, Any]:
    seen = past.look(db.session(), target)
    return {
        "target": target,
        "past": seen,
        "can_edit": current_user.role in _MANAGERS,
        "reasons": [(explain(reason).sentence, count) for reason, count in seen.reasons],
    }


def _page(form: MappingForm) -> dict[str, Any]:
    kind = request.args.get("kind", "")
    rows, older = queries.uploads_page(db.session(), Position.parse(request.args.get("after", "")), kind)
    return {
        "form": form,
        "mappings": queries.mappings(db.session()),
        "can_edit": current_user.role in _MANAGERS,
        "pause": pausing.current(db.session()),
        "sees_all": not current_user.sees_own_only,
        "google_complains": diagnosing.needs_attention(db.session()),
        "expiring": worklist.expiring(db.session()),
        "uploads": [(row, headline(row.state, row.reason), tone(row.state, row.reason)) for row in rows],
        "headline": headline,
        "tone": tone,
        "why": lambda reason: explain(reason).sentence if reason else "",
        "kind": kind if kind in queries.FILTERS else "",
        "older": url_for("conversions.index", kind=kind or None, after=older.token()) if older else None,
        "is_first": "after" not in request.args,
        "time_zone": current_user.time_zone,
    }
