"""Google Ads Integration: connect, choose what to use, delete."""

import uuid
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.auth.access import actor, allow
from app.companies.vault import open_vault
from app.connections import accounts, actions, asking, attempts, connecting, disconnecting, health, notice, queries
from app.connections.forms import ActionForm
from app.core.db import db
from app.core.errors import InvalidInputError, LeaderError, NotFoundError, RetryableError
from app.core.htmx import go_to, page_or_partial, redirect_or_partial
from app.core.security import limiter
from app.core.services import services
from app.core.words import gettext as _
from app.integrations.google import oauth
from app.integrations.google.google_ads import dashed

blueprint = Blueprint("connections", __name__, url_prefix="/connections")

blueprint.add_app_template_filter(dashed, "customer_number")

_MANAGERS = ("owner", "admin")


@blueprint.get("")
def index() -> str:
    """Every connection of the company: those in use, and the proof of those that were deleted."""
    session = db.session()
    return render_template(
        "connections/index.html",
        current=queries.current(session),
        past=queries.past(session),
        chosen_names=queries.chosen_names(session),
        may_manage=_may_manage(),
        time_zone=current_user.time_zone,
    )


@blueprint.post("/attempts")
@allow(*_MANAGERS)
@limiter.limit("30 per hour")
def begin_attempt() -> Response:
    """Remember the trip and show the way to Google.

    A page, not a redirect: the policy `form-action 'self'` holds for the redirects of a form as well.
    """
    session = db.session()
    try:
        trip = oauth.authorization(services().settings, _redirect_uri())
    except LeaderError as error:
        return _back(error.sentence)
    box = open_vault(session, services().key_ring)
    attempts.begin(session, trip, sign_in_session_id=current_user.session_id, box=box)
    session.commit()
    return make_response(render_template("connections/leave.html", google_url=trip.url))


@blueprint.get("/callback")
@allow(*_MANAGERS)
def end_attempt() -> Response:
    """Google sends the browser back to here. The state is used up whatever comes of it."""
    session, state = db.session(), request.args.get("state", "")
    box = open_vault(session, services().key_ring)
    try:
        verifier = attempts.end(session, state, sign_in_session_id=current_user.session_id, box=box)
        session.commit()
        grant = _exchange(state, verifier)
    except oauth.PartialGrantError as error:
        connecting.give_back(session, error, services().settings)
        return _back(error.sentence)
    except LeaderError as error:
        return _back(error.sentence)
    connection = connecting.save(session, grant, actor=actor(), box=box)
    session.commit()
    notice.forget(current_user.company_id)
    flash(_("Connected as %(login)s. Choose the ad account to use.", login=grant.email), "success")
    return redirect(url_for(".show", connection_id=connection.id), code=303)


@blueprint.get("/<uuid:connection_id>")
def show(connection_id: uuid.UUID) -> str:
    return render_template("connections/show.html", **_shown(connection_id))


@blueprint.get("/<uuid:connection_id>/accounts")
def show_accounts(connection_id: uuid.UUID) -> Response:
    """The list of accounts. While a reading is wanted its partial asks again, which rings for a lost bell."""
    data = _shown(connection_id)
    if data["is_reading"]:
        services().bell.ring("default", asking.READ_JOB, str(current_user.company_id), str(connection_id))
    return page_or_partial("connections/show.html", "connections/_accounts.html", **data)


@blueprint.post("/<uuid:connection_id>/accounts")
@allow(*_MANAGERS)
def choose_accounts(connection_id: uuid.UUID) -> Response:
    try:
        accounts.choose(db.session(), connection_id, _uuids(request.form.getlist("accounts")), actor=actor())
    except InvalidInputError as error:
        data = _shown(connection_id) | {"error": error.sentence}
        return page_or_partial("connections/show.html", "connections/_accounts.html", status=422, **data)
    db.session.commit()
    return redirect_or_partial(
        url_for(".show", connection_id=connection_id), "connections/_accounts.html", **_shown(connection_id)
    )


@blueprint.post("/<uuid:connection_id>/actions")
@allow(*_MANAGERS)
def want_action(connection_id: uuid.UUID) -> Response:
    """Have a conversion action made in the ad account."""
    form = ActionForm()
    account_id = _uuid(form.account_id.data)
    if form.validate_on_submit():
        try:
            actions.want(db.session(), connection_id, account_id, form.wish(), actor=actor())
            db.session.commit()
        except InvalidInputError as error:
            for name, sentence in error.fields.items():
                form[name].errors = [sentence]
        else:
            address = url_for(".show", connection_id=connection_id)
            return redirect_or_partial(address, "connections/_accounts.html", **_shown(connection_id))
    data = _shown(connection_id) | {"action_form": form}
    return page_or_partial("connections/show.html", "connections/_accounts.html", status=422, **data)


@blueprint.post("/<uuid:connection_id>/readings")
def begin_reading(connection_id: uuid.UUID) -> Response:
    """Ask Google for the ad accounts anew."""
    asking.ask_again(db.session(), connection_id)
    db.session.commit()
    return redirect_or_partial(
        url_for(".show", connection_id=connection_id), "connections/_accounts.html", **_shown(connection_id)
    )


@blueprint.post("/<uuid:connection_id>/deletion")
@allow(*_MANAGERS)
def delete(connection_id: uuid.UUID) -> Response:
    """Stop using it, then give access back. The first commit holds whatever becomes of the rest."""
    session, settings = db.session(), services().settings
    try:
        disconnecting.begin(session, connection_id, actor=actor())
        session.commit()
        disconnecting.finish(session, connection_id, key_ring=services().key_ring, settings=settings)
    except RetryableError as error:
        flash(error.sentence, "warning")
    session.commit()
    notice.forget(current_user.company_id)
    return go_to(url_for(".show", connection_id=connection_id))


def _redirect_uri() -> str:
    """Google compares this address letter by letter, so it never comes from a request."""
    return services().settings.base_url.rstrip("/") + url_for(".end_attempt")


def _exchange(state: str, code_verifier: str) -> oauth.Grant:
    answer_url = f"{_redirect_uri()}?{urlencode(request.args)}"
    return oauth.exchange(
        services().settings, _redirect_uri(), answer_url=answer_url, state=state, code_verifier=code_verifier
    )


def _back(sentence: str) -> Response:
    """To the list with a sentence, and away from an address that holds a code."""
    flash(sentence, "error")
    return redirect(url_for(".index"), code=303)


def _shown(connection_id: uuid.UUID) -> dict[str, Any]:
    connection = queries.one(db.session(), connection_id)
    return {
        "connection": connection,
        "accounts": queries.accounts(db.session(), connection),
        "is_reading": connection.accounts_asked_at is not None,
        "may_manage": _may_manage(),
        "may_write": current_user.role != "viewer",
        "time_zone": current_user.time_zone,
        "error": "",
        "action_form": ActionForm(formdata=None),
        "readiness": health.readiness,
        "wanted": queries.wanted(db.session(), connection_id),
    }


def _may_manage() -> bool:
    return current_user.role in _MANAGERS


def _uuids(texts: list[str]) -> set[uuid.UUID]:
    """Raises InvalidInputError for anything that is no id."""
    try:
        return {uuid.UUID(text) for text in texts}
    except ValueError:
        raise InvalidInputError(_("Choose at least one ad account from the list.")) from None


def _uuid(text: str | None) -> uuid.UUID:
    """Raises NotFoundError for anything that is no id."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        raise NotFoundError(_("There is no such ad account.")) from None
