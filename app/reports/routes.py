"""The pages of the reports."""

from datetime import date
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.attribution.credit import MODELS
from app.auth.access import allow, whole_company_only
from app.companies.models import Company
from app.core.clock import utc_now
from app.core.db import db
from app.core.errors import InvalidInputError, NotFoundError
from app.core.words import gettext as _
from app.reports import costs, counting, periods, pipeline, queries, tables, words
from app.reports.breakdown import Breakdown, break_down, in_words, questions
from app.reports.overview import overview
from app.reports.periods import Period

blueprint = Blueprint("reports", __name__, url_prefix="/reports")
blueprint.before_request(whole_company_only)


@blueprint.get("")
def index() -> str:
    period, model = _fresh(), _model()
    found = overview(db.session(), period, model=model, currency=current_user.currency)
    return _page("reports/overview.html", "reports.index", period, model, overview=found)


@blueprint.get("/sources")
def sources() -> str | Response:
    period, model, asked = _fresh(), _model(), request.args.get("by", "channel")
    if asked not in questions():
        raise NotFoundError(_("There is no such report."))
    found = break_down(
        queries.by_key(db.session(), asked, period, model),
        currency=current_user.currency,
        label=partial(in_words, asked),
        costs=costs.by_campaign(db.session(), period) if asked == "campaign" else None,
    )
    if _wants_csv():
        return _csv(asked, questions()[asked][0], found)
    return _page("reports/sources.html", "reports.sources", period, model, breakdown=found, asked=asked)


@blueprint.get("/pipeline")
def show_pipeline() -> str:
    period = _fresh()
    found = pipeline.pipeline(db.session(), period, currency=current_user.currency)
    return _page("reports/pipeline.html", "reports.show_pipeline", period, None, pipeline=found)


@blueprint.get("/team")
def team() -> str | Response:
    period = _fresh()
    found = pipeline.by_owner(db.session(), period, currency=current_user.currency)
    if _wants_csv():
        return _csv("team", _("Who"), found)
    return _page("reports/team.html", "reports.team", period, None, breakdown=found)


@blueprint.get("/months")
def months() -> str:
    _fresh()
    found = [
        (
            first,
            words.leads(totals.counts.leads),
            words.leads(totals.counts.won),
            words.money(totals.money, current_user.currency),
        )
        for first, totals in queries.won_by_month(db.session())
    ]
    return render_template(
        "reports/months.html", months=found, active_report="reports.months", is_counting=counting.is_due(db.session())
    )


@blueprint.post("/attribution-model")
@allow("owner", "admin")
def choose_model() -> BaseResponse:
    model = request.form.get("model", "")
    if model not in MODELS:
        raise InvalidInputError(_("There is no such attribution model."))
    db.session().get_one(Company, current_user.company_id).attribution_model = model
    db.session.commit()
    flash(_("Reports share credit by “%(model)s” from now on.", model=words.models()[model]), "success")
    return redirect(url_for("reports.index"), code=303)


def _fresh() -> Period:
    """The period that was asked for, with the days that changed counted anew before they are read."""
    period = periods.parse(request.args, _today())
    if counting.recount(db.session(), most=counting.MOST_WHILE_SOMEBODY_WAITS):
        db.session.commit()
    return period


def _today() -> date:
    return utc_now().astimezone(ZoneInfo(current_user.time_zone)).date()


def _model() -> str:
    asked = request.args.get("model", "")
    if asked and asked not in MODELS:
        raise InvalidInputError(_("There is no such attribution model."))
    return asked or db.session().get_one(Company, current_user.company_id).attribution_model


def _page(template: str, endpoint: str, period: Period, model: str | None, **data: Any) -> str:
    kept = period.arguments() | ({"model": model} if model and request.args.get("model") else {})
    return render_template(
        template,
        active_report=endpoint,
        period=period,
        period_names=periods.names(),
        model=model,
        models=words.models(),
        is_counting=counting.is_due(db.session()),
        kept=kept,
        **data,
    )


def _wants_csv() -> bool:
    return request.args.get("format") == "csv"


def _csv(name: str, question: str, found: Breakdown) -> Response:
    stamp = _today().isoformat()
    headers = {"Content-Disposition": f'attachment; filename="leader-{name}-{stamp}.csv"'}
    return Response(tables.to_csv(question, found), content_type="text/csv; charset=utf-8", headers=headers)
