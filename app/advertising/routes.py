"""Costs: what advertising cost, how far the reading is, and files for what Google's interface does not tell."""

import uuid
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, make_response, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.advertising import cost_files, progress, queries
from app.advertising.cost_table import MOST_BYTES, Wanted
from app.advertising.forms import CostFileForm
from app.auth.access import actor, allow, whole_company_only
from app.core.clock import utc_now
from app.core.db import db
from app.core.errors import InvalidInputError
from app.core.htmx import go_to, page_or_partial
from app.core.pagination import Position
from app.core.security import csrf, limiter
from app.core.words import gettext as _

blueprint = Blueprint("advertising", __name__, url_prefix="/reports/costs")
blueprint.before_request(whole_company_only)
_MANAGERS = ("owner", "admin")
SPANS = (7, 30, 90, 365)
_SHOWN = 200


@blueprint.get("")
def index() -> str:
    days = request.args.get("days", default=30, type=int)
    span = days if days in SPANS else 30
    first, last = _today() - timedelta(days=span - 1), _today()
    account, _sign, campaign = request.args.get("campaign", "").partition("~")
    chosen = (account, campaign) if campaign else None
    return render_template(
        "advertising/costs.html",
        span=span,
        spans=SPANS,
        campaigns=queries.by_campaign(db.session(), first, last),
        days=queries.by_day(db.session(), first, last, chosen),
        chosen=chosen,
        **_reading(),
    )


@blueprint.get("/reading")
def show_reading() -> Response:
    return page_or_partial("advertising/reading.html", "advertising/_reading.html", **_reading())


@blueprint.post("/readings/<uuid:account_id>")
@allow(*_MANAGERS)
def read_again(account_id: uuid.UUID) -> Response:
    try:
        progress.read_again(db.session(), account_id)
        db.session.commit()
        flash(_("Leader asks Google for the costs of the last 90 days once more."), "success")
    except InvalidInputError as error:
        db.session.rollback()
        flash(error.sentence, "error")
    return go_to(url_for("advertising.index"))


@blueprint.get("/files")
def list_files() -> str:
    return _files_page(CostFileForm(formdata=None, currency=current_user.currency))


@blueprint.post("/files")
@csrf.exempt  # type: ignore[untyped-decorator] # it would read the file before its size is allowed; checked below
@allow(*_MANAGERS)
@limiter.limit("60 per hour")
def take_file() -> Response:
    request.max_content_length = MOST_BYTES + 65_536
    csrf.protect()
    form = CostFileForm()
    if not form.validate_on_submit():
        return make_response(_files_page(form), 422)
    content = form.file.data.read(MOST_BYTES + 1)
    wanted = Wanted(form.customer_id.data, form.currency.data, current_user.region == "US", _today())
    try:
        file = cost_files.take_in(db.session(), content, wanted, name=form.file.data.filename, actor=actor())
    except InvalidInputError as error:
        form.file.errors = [error.sentence]
        return make_response(_files_page(form), 422)
    db.session.commit()
    return go_to(url_for("advertising.show_file", file_id=file.id))


@blueprint.get("/files/<uuid:file_id>")
def show_file(file_id: uuid.UUID) -> str:
    file = cost_files.find(db.session(), file_id)
    told = cost_files.told_by_google(db.session(), file.customer_id, file.first_day, file.last_day)
    days = {date.fromisoformat(row["day"]) for row in file.rows}
    return render_template(
        "advertising/file.html",
        file=file,
        total=sum(row["cost_minor"] for row in file.rows),
        rows=file.rows[:_SHOWN],
        days=len(days),
        told=len(days & told),
        can_edit=current_user.role in _MANAGERS,
        time_zone=current_user.time_zone,
    )


@blueprint.post("/files/<uuid:file_id>/use")
@allow(*_MANAGERS)
def use_file(file_id: uuid.UUID) -> Response:
    cost_files.use(db.session(), file_id, actor=actor())
    db.session.commit()
    flash(_("The costs of this file count now."), "success")
    return go_to(url_for("advertising.show_file", file_id=file_id))


@blueprint.post("/files/<uuid:file_id>/use/end")
@allow(*_MANAGERS)
def undo_file(file_id: uuid.UUID) -> Response:
    cost_files.undo(db.session(), file_id, actor=actor())
    db.session.commit()
    flash(_("The costs of this file no longer count."), "success")
    return go_to(url_for("advertising.show_file", file_id=file_id))


@blueprint.post("/files/<uuid:file_id>/removal")
@allow(*_MANAGERS)
def forget_file(file_id: uuid.UUID) -> Response:
    cost_files.forget(db.session(), file_id)
    db.session.commit()
    flash(_("The file is deleted."), "success")
    return go_to(url_for("advertising.list_files"))


def _today() -> date:
    return utc_now().astimezone(ZoneInfo(current_user.time_zone)).date()


def _reading() -> dict[str, Any]:
    found = progress.of_accounts(db.session())
    return {
        "accounts": found,
        "is_reading": any(each.waiting and not each.next_at for each in found),
        "can_edit": current_user.role in _MANAGERS,
        "time_zone": current_user.time_zone,
    }


def _files_page(form: CostFileForm) -> str:
    files, older = queries.files(db.session(), Position.parse(request.args.get("after", "")))
    return render_template(
        "advertising/files.html",
        form=form,
        files=files,
        older=url_for("advertising.list_files", after=older.token()) if older else None,
        known_accounts=queries.accounts(db.session()),
        can_edit=current_user.role in _MANAGERS,
        time_zone=current_user.time_zone,
    )
