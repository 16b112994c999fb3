"""What is held about a person: finding it, taking it out, freezing and erasing it."""

import json
import uuid
from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.auth.access import actor, allow
from app.core import events, tenancy
from app.core.clock import utc_now
from app.core.db import db
from app.core.errors import InvalidInputError
from app.core.pagination import Position
from app.core.services import services
from app.core.words import gettext as _
from app.leads import queries as lead_queries
from app.leads.rows import title
from app.subjects import calling_back, erasing, finding, queries, restricting, subject_pack, withdrawing, words
from app.subjects.forms import WithdrawalForm

blueprint = Blueprint("subjects", __name__)


@blueprint.get("/leads/<uuid:lead_id>/erasure")
@allow("owner", "admin")
def ask_to_erase(lead_id: uuid.UUID) -> str:
    return _erasure_page(lead_id)


@blueprint.post("/leads/<uuid:lead_id>/erasure")
@allow("owner", "admin")
def erase(lead_id: uuid.UUID) -> BaseResponse | tuple[str, int]:
    session = db.session()
    lead_queries.lead(session, lead_id)
    try:
        marker = services().marker
        erasing.erase(session, lead_id, reason=request.form.get("reason", ""), actor=actor(), marker=marker)
    except InvalidInputError as error:
        return _erasure_page(lead_id, error.sentence), 422
    session.commit()
    flash(_("The lead is erased. Your totals still count it, without anything about the person."), "success")
    return redirect(url_for("leads.index"), code=303)


@blueprint.post("/leads/<uuid:lead_id>/restriction")
@allow("owner", "admin")
def restrict(lead_id: uuid.UUID) -> BaseResponse:
    restricting.restrict(db.session(), lead_id, actor=actor())
    db.session.commit()
    flash(_("The lead is frozen: it is kept, and neither worked on nor reported."), "success")
    return redirect(url_for("leads.show", lead_id=lead_id), code=303)


@blueprint.post("/leads/<uuid:lead_id>/restriction/end")
@allow("owner", "admin")
def lift_restriction(lead_id: uuid.UUID) -> BaseResponse:
    restricting.lift(db.session(), lead_id, actor=actor())
    db.session.commit()
    flash(_("The lead can be worked on again. What was cancelled is not sent by itself."), "success")
    return redirect(url_for("leads.show", lead_id=lead_id), code=303)


@blueprint.get("/leads/<uuid:lead_id>/consent/withdrawal")
@allow("owner", "admin", "member")
def ask_to_withdraw(lead_id: uuid.UUID) -> str:
    return _withdrawal_page(lead_id, WithdrawalForm(on=_today()))


@blueprint.post("/leads/<uuid:lead_id>/consent/withdrawal")
@allow("owner", "admin", "member")
def withdraw(lead_id: uuid.UUID) -> BaseResponse | tuple[str, int]:
    form = WithdrawalForm()
    if not form.validate_on_submit():
        return _withdrawal_page(lead_id, form), 422
    try:
        withdrawing.withdraw(db.session(), lead_id, form.on.data, today=_today(), actor=actor())
    except InvalidInputError as error:
        form.on.errors = [error.sentence]
        return _withdrawal_page(lead_id, form), 422
    db.session.commit()
    flash(_("Written down. Nothing more about this person is sent to Google."), "success")
    return redirect(url_for("leads.show", lead_id=lead_id), code=303)


@blueprint.route("/settings/people", methods=["GET", "POST"])
@allow("owner", "admin")
def find() -> str | tuple[str, int]:
    term = request.form.get("term", "")
    if request.method == "GET":
        return render_template("subjects/find.html", term="", found=None, error="")
    try:
        found = finding.find(db.session(), term, region=current_user.region)
    except InvalidInputError as error:
        return render_template("subjects/find.html", term=term, found=None, error=error.sentence), 422
    return render_template("subjects/find.html", term=term, found=found, error="")


@blueprint.get("/leads/<uuid:lead_id>/pack")
@allow("owner", "admin")
def show_pack(lead_id: uuid.UUID) -> str:
    return render_template("subjects/pack.html", pack=subject_pack.make(db.session(), lead_id), lead_id=lead_id)


@blueprint.post("/leads/<uuid:lead_id>/pack.<any(json, html):kind>")
@allow("owner", "admin")
def take_pack(lead_id: uuid.UUID, kind: str) -> Response:
    pack = subject_pack.make(db.session(), lead_id)
    for held in pack.leads:
        events.record(db.session(), "lead.pack_made", lead_id=held.lead_id, actor=actor(), format=kind)
    db.session.commit()
    if kind == "json":
        response = make_response(json.dumps(pack.as_json(), ensure_ascii=False, indent=1))
        response.mimetype = "application/json"
    else:
        response = make_response(render_template("subjects/pack_file.html", pack=pack))
    response.headers["Content-Disposition"] = f'attachment; filename="what-we-hold-{lead_id}.{kind}"'
    return response


@blueprint.get("/settings/erased-leads")
@allow("owner", "admin")
def erased() -> str:
    found, older = queries.erasures(db.session(), Position.parse(request.args.get("after", "")))
    return render_template(
        "subjects/erased.html",
        erasures=found,
        reasons=words.REASONS,
        can_be_called_back=calling_back.accounts(db.session()),
        older=url_for("subjects.erased", after=older.token()) if older else None,
    )


@blueprint.get("/settings/erased-leads/google.csv")
@allow("owner", "admin")
def call_back() -> Response:
    content = calling_back.content(db.session(), request.args.get("account", ""))
    headers = {"Content-Disposition": 'attachment; filename="google-ads-retractions.csv"'}
    return Response(content, content_type="text/csv; charset=utf-8", headers=headers)


def _withdrawal_page(lead_id: uuid.UUID, form: WithdrawalForm) -> str:
    lead = lead_queries.lead(db.session(), lead_id)
    with tenancy.seeing_all(db.session()):
        leads = finding.same_person(db.session(), lead)
        recipients = [told for each in leads for told in erasing.recipients(db.session(), each.id)]
    return render_template(
        "subjects/withdraw.html",
        lead=lead,
        title=title(lead.name, lead.email, lead.phone),
        form=form,
        number=len(leads),
        recipients=recipients,
    )


def _today() -> date:
    return utc_now().astimezone(ZoneInfo(current_user.time_zone)).date()


def _erasure_page(lead_id: uuid.UUID, error: str = "") -> str:
    lead = lead_queries.lead(db.session(), lead_id)
    return render_template(
        "subjects/erase.html",
        lead=lead,
        title=title(lead.name, lead.email, lead.phone),
        loss=erasing.loss(db.session(), lead_id),
        losses=words.losses(erasing.loss(db.session(), lead_id).rows),
        reasons=[{"value": key, "label": label} for key, label in words.REASONS.items()],
        time_zone=current_user.time_zone,
        error=error,
    )
