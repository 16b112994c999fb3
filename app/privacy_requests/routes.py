"""The public pages of a request, and the desk that answers it."""

import uuid
from collections.abc import Callable
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_login import current_user
from werkzeug.wrappers import Response

from app.auth import limits
from app.auth.access import actor, allow, public
from app.core.clock import utc_now
from app.core.db import db
from app.core.errors import InvalidInputError, NotFoundError
from app.core.ids import secret_hash
from app.core.pagination import Position
from app.core.security import limiter
from app.core.words import gettext as _
from app.leads import contact
from app.privacy_requests import gates, passing, queries, requests, words
from app.privacy_requests.forms import PassedForm, RequestForm
from app.privacy_requests.models import PrivacyRequest

blueprint = Blueprint("privacy_requests", __name__)

DESK = "/settings/privacy-requests"


@blueprint.route("/privacy/request/<site_key>", methods=["GET", "POST"])
@public
@limiter.limit("10 per hour", methods=["POST"])
@limits.mails_to_strangers()
def ask(site_key: str) -> str | tuple[str, int]:
    desk = gates.enter_desk(db.session(), site_key)
    if desk is None:
        raise NotFoundError(_("No company takes requests at this address."))
    form = RequestForm()
    if not form.validate_on_submit():
        page = render_template("privacy_requests/ask.html", form=form, desk=desk)
        return (page, 422) if form.is_submitted() else page
    if not form.website.data:
        requests.file(db.session(), form.asked(str(get_locale())))
        db.session.commit()
    return render_template("privacy_requests/asked.html", desk=desk, email=form.email.data)


@blueprint.get("/privacy/requests/<token>")
@public
@limiter.limit("60 per hour")
def follow(token: str) -> str:
    found = _by_token(token)
    return render_template(
        "privacy_requests/follow.html",
        request_=found,
        log=queries.log(db.session(), found.id),
        token=token,
        words=words,
    )


@blueprint.post("/privacy/requests/<token>/confirmation")
@public
@limiter.limit("60 per hour")
def confirm(token: str) -> Response:
    if requests.confirm(db.session(), _by_token(token)):
        db.session.commit()
        flash(_("Thank you. Your request is on its way."), "success")
    return redirect(url_for("privacy_requests.follow", token=token), code=303)


@blueprint.route("/privacy/request", methods=["GET", "POST"])
@public
@limiter.limit("10 per hour", methods=["POST"])
@limits.mails_to_strangers()
def ask_anybody() -> str | tuple[str, int]:
    form = PassedForm()
    if not form.validate_on_submit():
        page = render_template("privacy_requests/ask_anybody.html", form=form)
        return (page, 422) if form.is_submitted() else page
    if not form.website.data:
        language = str(get_locale())
        kind, name, email = form.kind.data, form.name.data or "", form.email.data or ""
        passing.file(db.session(), kind=kind, name=name, email=email, language=language)
        db.session.commit()
    return render_template("privacy_requests/asked_anybody.html", email=form.email.data)


@blueprint.get("/privacy/passed/<token>")
@public
@limiter.limit("60 per hour")
def follow_passed(token: str) -> str:
    link = gates.read_passed(db.session(), secret_hash(token))
    if link is None:
        raise NotFoundError(_("This link is not valid any more."))
    return render_template("privacy_requests/follow_passed.html", link=link, token=token, words=words)


@blueprint.post("/privacy/passed/<token>/confirmation")
@public
@limiter.limit("60 per hour")
def confirm_passed(token: str) -> Response:
    if gates.confirm_passed(db.session(), secret_hash(token)):
        db.session.commit()
        flash(_("Thank you. Your request is on its way."), "success")
    return redirect(url_for("privacy_requests.follow_passed", token=token), code=303)


@blueprint.get(DESK)
@allow("owner", "admin")
def index() -> str:
    settled, older = queries.settled(db.session(), Position.parse(request.args.get("after", "")))
    return render_template(
        "privacy_requests/index.html",
        open_requests=queries.open_requests(db.session()),
        settled=settled,
        older=url_for("privacy_requests.index", after=older.token()) if older else None,
        today=utc_now().astimezone(ZoneInfo(current_user.time_zone)).date(),
        words=words,
    )


@blueprint.get(f"{DESK}/<uuid:request_id>")
@allow("owner", "admin")
def show(request_id: uuid.UUID) -> str:
    return _page(request_id)


@blueprint.post(f"{DESK}/<uuid:request_id>/answer")
@allow("owner", "admin")
def answer(request_id: uuid.UUID) -> Response | tuple[str, int]:
    is_refused = request.form.get("outcome") == "refused"
    return _write(
        request_id,
        lambda text: requests.settle(db.session(), request_id, text, is_refused=is_refused, actor=actor()),
        _("The answer is on its way by mail."),
    )


@blueprint.post(f"{DESK}/<uuid:request_id>/question")
@allow("owner", "admin")
def ask_back(request_id: uuid.UUID) -> Response | tuple[str, int]:
    return _write(
        request_id,
        lambda text: requests.pause(db.session(), request_id, text, actor=actor()),
        _("Your question is on its way by mail."),
    )


@blueprint.post(f"{DESK}/<uuid:request_id>/extension")
@allow("owner", "admin")
def extend(request_id: uuid.UUID) -> Response | tuple[str, int]:
    return _write(
        request_id,
        lambda text: requests.extend(db.session(), request_id, text, actor=actor()),
        _("The time is extended, and the person is told by mail."),
    )


@blueprint.post(f"{DESK}/<uuid:request_id>/resumption")
@allow("owner", "admin")
def resume(request_id: uuid.UUID) -> Response:
    requests.resume(db.session(), request_id, actor=actor())
    db.session.commit()
    flash(_("The clock goes on."), "success")
    return redirect(url_for("privacy_requests.show", request_id=request_id), code=303)


def _write(request_id: uuid.UUID, act: Callable[[str], PrivacyRequest], done: str) -> Response | tuple[str, int]:
    """Do what the desk asked, or show the page again with what was typed."""
    text = request.form.get("text", "")
    try:
        act(text)
    except InvalidInputError as error:
        db.session.rollback()
        return _page(request_id, text=text, error=error.sentence), 422
    db.session.commit()
    flash(done, "success")
    return redirect(url_for("privacy_requests.show", request_id=request_id), code=303)


def _page(request_id: uuid.UUID, *, text: str = "", error: str = "") -> str:
    found = requests.one(db.session(), request_id)
    phone = contact.e164(found.phone, current_user.region) if found.phone else ""
    return render_template(
        "privacy_requests/show.html",
        request_=found,
        leads=queries.matching_leads(db.session(), found, phone),
        log=queries.log(db.session(), found.id),
        today=utc_now().astimezone(ZoneInfo(current_user.time_zone)).date(),
        text=text,
        error=error,
        words=words,
    )


def _by_token(token: str) -> PrivacyRequest:
    request_id = gates.enter_by_token(db.session(), secret_hash(token))
    if request_id is None:
        raise NotFoundError(_("This link is not valid any more."))
    return queries.any_state(db.session(), request_id)
