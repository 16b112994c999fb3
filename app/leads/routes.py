"""The table of leads and the page of one lead."""

import json
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from app.auth.access import actor, allow, signed_in
from app.auth.next_page import path_of
from app.core.db import db
from app.core.errors import InvalidInputError
from app.core.htmx import page_or_partial, wants_partial
from app.core.money import CURRENCIES
from app.core.services import services
from app.core.words import gettext as _
from app.fields import shaping
from app.leads import (
    adding,
    contact,
    corrections,
    custom,
    mentions,
    moves,
    notes,
    panels,
    queries,
    stages,
    table,
    timeline,
)
from app.leads.filters import Asked, Reader
from app.leads.forms import AddForm, DetailsForm, NoteForm
from app.leads.locking import ChangedMeanwhileError
from app.leads.panels import Panel
from app.leads.rows import title

blueprint = Blueprint("leads", __name__)


@blueprint.get("/leads")
def index() -> Response:
    page = table.page(
        db.session(), Asked.of(request.args), request.args.get("after", ""), reader(), address=url_for("leads.index")
    )
    shop_url = services().settings.demo_shop_url
    return page_or_partial(
        "leads/index.html", "leads/results.html", table=page, shop_url=shop_url, may_write=_may_write()
    )


@blueprint.get("/leads/arrivals")
def arrivals() -> Response:
    stage, since = request.args.get("stage", ""), request.args.get("since", "")
    news = table.arrivals(db.session(), stage, since, reader(), address=url_for("leads.index"))
    if news is None:
        return make_response("", 204)
    if not since:  # the table was empty: there are no rows yet to put these before
        return make_response("", 200, {"HX-Refresh": "true"})
    return make_response(render_template("leads/arrivals.html", arrivals=news, may_write=_may_write()))


@blueprint.get("/leads/new")
@allow("owner", "admin", "member")
def new() -> str:
    return _add_page(AddForm(current_user.currency, is_sent=False))


@blueprint.post("/leads")
def add() -> BaseResponse:
    form = AddForm(current_user.currency, is_sent=True)
    if form.validate():
        try:
            region, currency = current_user.region, current_user.currency
            given = custom.answers(shaping.active(db.session()), request.form)
            told = {"region": region, "currency": currency, "answers": given}
            lead = adding.add(db.session(), form.told(), **told, actor=actor())
            db.session.commit()
            return redirect(url_for("leads.show", lead_id=lead.id), code=303)
        except InvalidInputError as error:
            form.form_errors.append(error.sentence)
    return make_response(_add_page(form), 422)


def _add_page(form: AddForm) -> str:
    asked = custom.blank(db.session(), request.form)
    return render_template("leads/new.html", form=form, ways=adding.way_words(), custom=asked)


@blueprint.get("/leads/<uuid:lead_id>")
def show(lead_id: UUID) -> Response:
    return page_or_partial("leads/show.html", "leads/changed.html", **_page(lead_id))


@blueprint.post("/leads/<uuid:lead_id>/stage-changes")
def change_stage(lead_id: UUID) -> BaseResponse:
    lead, known = queries.lead(db.session(), lead_id), stages.in_order(db.session())
    stage = stages.chosen(known, request.form.get("stage", ""))
    was = next(each.name for each in known if each.id == lead.stage_id)
    who = title(lead.name, lead.email, lead.phone)
    put = moves.take_back if request.form.get("undo") else moves.move
    is_moved = put(db.session(), lead_id, stage.id, actor=actor()) is not None
    db.session.commit()
    if wants_partial():
        return _moved(lead_id, who=who, now=stage.name, was=was if is_moved else "")
    flash(_("%(name)s is now in the stage “%(stage)s”.", name=who, stage=stage.name), "success")
    return _done(lead_id)


@blueprint.post("/leads/<uuid:lead_id>/notes")
def add_note(lead_id: UUID) -> BaseResponse:
    form = NoteForm()
    try:
        notes.add(db.session(), lead_id, form.body.data or "", actor=actor())
    except InvalidInputError as error:
        form.body.errors = [error.sentence]
        return again(lead_id, note_form=form)
    db.session.commit()
    return _done(lead_id)


@blueprint.post("/leads/<uuid:lead_id>/corrections")
def correct(lead_id: UUID) -> BaseResponse:
    form = DetailsForm(queries.lead(db.session(), lead_id), is_sent=True)
    if not form.validate():
        return again(lead_id, details_form=form)
    version = int(form.version.data or 0)
    try:
        corrections.correct(
            db.session(), lead_id, form.details(), version=version, region=current_user.region, actor=actor()
        )
    except ChangedMeanwhileError as error:
        db.session.rollback()
        form.clash(error.sentence, queries.lead(db.session(), lead_id))
        return again(lead_id, details_form=form)
    db.session.commit()
    return _done(lead_id)


def _moved(lead_id: UUID, **words: str) -> BaseResponse:
    """The way back travels with the answer; a table is told which choice to show, since Undo is not in its row."""
    address = url_for("leads.change_stage", lead_id=lead_id)
    is_page = request.headers.get("HX-Target") == "lead"
    data = _page(lead_id) if is_page else {"lead": None}
    response = make_response(render_template("leads/moved.html", address=address, **words, **data))
    response.headers["HX-Trigger"] = json.dumps({"leader:moved": {"address": address, "stage": words["now"]}})
    return response


def _done(lead_id: UUID) -> BaseResponse:
    """After a change: the lead's part of the page for HTMX, otherwise back to where the form stood."""
    if wants_partial():
        return make_response(render_template("leads/_lead.html", **_page(lead_id)))
    came_from = path_of(request.referrer) or ""
    table_address = url_for("leads.index")
    is_table = came_from.split("?")[0] == table_address
    return redirect(came_from if is_table else url_for("leads.show", lead_id=lead_id), code=303)


def again(lead_id: UUID, **forms: Any) -> Response:
    """The page with the form as it was filled in."""
    return page_or_partial("leads/show.html", "leads/_lead.html", status=422, **_page(lead_id, **forms))


def _page(
    lead_id: UUID, *, note_form: NoteForm | None = None, details_form: DetailsForm | None = None
) -> dict[str, Any]:
    """Everything that the page of a lead shows."""
    session = db.session()
    lead = queries.lead(session, lead_id)
    known = stages.in_order(session)
    shown = panels.of_lead(session, lead_id)
    return {
        "lead": lead,
        "title": title(lead.name, lead.email, lead.phone),
        "links": {
            "mail": contact.mail_link(lead.email),
            "phone": contact.phone_link(lead.phone_e164 or lead.phone),
        },
        "stage_choices": [(stage.name, stage.name) for stage in known],
        "stage": next(stage for stage in known if stage.id == lead.stage_id),
        "timeline": timeline.entries(queries.history(session, lead_id), queries.notes(session, lead_id), known),
        "panels": {place: _drawn(shown, place) for place in ("main", "side")},
        "mention_names": sorted(mentions.members(session).values()),
        "note_form": note_form or NoteForm(formdata=None),
        "details_form": details_form or DetailsForm(lead, is_sent=False),
        "currency_sign": CURRENCIES[lead.currency][0].strip(),
        "time_zone": current_user.time_zone,
        "may_write": _may_write() and lead.restricted_at is None,
        "may_correct": _may_write(),
    }


def reader() -> Reader:
    """The signed-in person as the one who looks at the table."""
    person = signed_in()
    return Reader(person.id, person.time_zone, person.currency, person.sees_own_only)


def _may_write() -> bool:
    """Viewers are shown no forms; the guard would refuse them anyway."""
    return bool(current_user.role != "viewer")


def _drawn(shown: list[Panel], place: str) -> list[Markup]:
    """Panels of other features, each drawn by its own template from its own inputs."""
    person = {"role": current_user.role, "user_id": current_user.id}
    given = {"time_zone": current_user.time_zone, "may_write": _may_write(), **person}
    return [
        Markup(render_template(panel.template, **given, **panel.data))  # noqa: S704 - escaped by its template
        for panel in shown
        if panel.place == place
    ]
