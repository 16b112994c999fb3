"""The table of calls, its settings, and the address that telephone providers call."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.auth.access import actor, allow, public
from app.calls import gates, intake, numbers, providers, queries
from app.calls.recordings import keeping, showing
from app.calls.recordings import queries as deletions
from app.companies.vault import open_vault
from app.core import tenancy
from app.core.clock import utc_now
from app.core.db import db
from app.core.errors import InvalidInputError
from app.core.htmx import page_or_partial
from app.core.pagination import Position
from app.core.security import csrf
from app.core.services import services
from app.core.words import gettext as _
from app.integrations.telephony.news import CallNews, Hook

blueprint = Blueprint("calls", __name__)


@blueprint.get("/calls")
def index() -> Response:
    outcome = request.args.get("outcome", "")
    page = queries.page(db.session(), outcome, Position.parse(request.args.get("after", "")))
    settings = queries.settings(db.session())
    return page_or_partial(
        "calls/index.html",
        "calls/_table.html",
        calls=page,
        outcome=outcome if outcome in queries.OUTCOMES else "",
        is_enabled=bool(settings and settings.is_enabled),
        time_zone=current_user.time_zone,
        may_set_up=current_user.role in ("owner", "admin"),
    )


@blueprint.get("/calls/<uuid:call_id>")
def show(call_id: UUID) -> str:
    call, lead_name = queries.find(db.session(), call_id)
    return render_template(
        "calls/show.html",
        call=call,
        lead_name=lead_name,
        recordings=showing.of_calls(db.session(), [call.id], call.lead_id),
        time_zone=current_user.time_zone,
        role=current_user.role,
        user_id=current_user.id,
    )


@blueprint.get("/settings/calls")
@allow("owner", "admin")
def show_settings() -> str:
    return _settings_page()


@blueprint.post("/settings/calls/switch")
@allow("owner")
def switch() -> BaseResponse:
    is_on = request.form.get("is_on") == "y"
    providers.switch(db.session(), is_on=is_on, actor=actor())
    db.session.commit()
    flash(_("Calls are on. Enter your provider’s secret below.") if is_on else _("Calls are off."), "success")
    return redirect(url_for("calls.show_settings"), code=303)


@blueprint.post("/settings/calls/providers/<any(twilio,callrail):provider>")
@allow("owner", "admin")
def keep_secret(provider: str) -> BaseResponse:
    try:
        providers.keep_secret(db.session(), provider, request.form.get(provider, ""), _box())
    except InvalidInputError as error:
        return make_response(_settings_page(error=error), 422)
    db.session.commit()
    flash(_("Saved. Only messages that carry this secret’s signature are taken."), "success")
    return redirect(url_for("calls.show_settings"), code=303)


@blueprint.post("/settings/calls/secrets")
@allow("owner", "admin")
def make_secret() -> str:
    secret = providers.make_secret(db.session(), "generic", _box())
    db.session.commit()
    return _settings_page(new_secret=secret)


@blueprint.post("/settings/calls/numbers")
@allow("owner", "admin")
def add_number() -> BaseResponse:
    typed = {name: request.form.get(name, "") for name in ("number", "source", "medium", "campaign")}
    try:
        numbers.add(
            db.session(),
            typed["number"],
            source=typed["source"],
            medium=typed["medium"],
            campaign=typed["campaign"],
        )
    except InvalidInputError as error:
        return make_response(_settings_page(error=error, typed=typed), 422)
    db.session.commit()
    flash(_("Saved. Calls to this number carry its source from now on."), "success")
    return redirect(url_for("calls.show_settings"), code=303)


@blueprint.post("/settings/calls/numbers/<uuid:number_id>/removals")
@allow("owner", "admin")
def remove_number(number_id: UUID) -> BaseResponse:
    number = numbers.remove(db.session(), number_id)
    db.session.commit()
    flash(_("%(number)s is off the list. Calls that came keep their source.", number=number.number_e164), "success")
    return redirect(url_for("calls.show_settings"), code=303)


@blueprint.post("/hooks/calls/<call_key>/<any(twilio,callrail,generic):provider>")
@public
@csrf.exempt  # type: ignore[untyped-decorator] # providers sign their messages; nobody is signed in
def hear(call_key: str, provider: str) -> BaseResponse:
    session = db.session()
    company_id = gates.enter(session, call_key)
    if company_id is None:
        return _refusal(404, "There is no such address, or calls are switched off.")
    tenancy.assume(session, company_id)
    row, box = queries.providers(session).get(provider), _box()
    hook = Hook(_public_url(), dict(request.headers), request.get_data())
    speaks = providers.PROVIDERS[provider]
    if row is None or not speaks.is_genuine(providers.secret_of(row, box), hook):
        return _refusal(403, "The signature does not fit.")
    try:
        news: CallNews = speaks.read(hook)
    except InvalidInputError as error:
        return _refusal(422, error.sentence)
    intake.take_in(session, provider, news, box)
    row.heard_at = utc_now()
    db.session.commit()
    return Response(status=204)


def _public_url() -> str:
    """The address as the provider wrote and signed it, whatever proxies made of it."""
    query = request.query_string.decode("latin-1")
    return services().settings.base_url.rstrip("/") + request.path + (f"?{query}" if query else "")


def _refusal(status: int, sentence: str) -> Response:
    db.session.rollback()
    return make_response(jsonify(error=sentence), status)


def _box() -> Any:
    return open_vault(db.session(), services().key_ring)


def _settings_page(
    *, error: InvalidInputError | None = None, typed: dict[str, str] | None = None, new_secret: str = ""
) -> str:
    settings = queries.settings(db.session())
    base_url = services().settings.base_url.rstrip("/")
    return render_template(
        "calls/settings.html",
        is_enabled=bool(settings and settings.is_enabled),
        address=f"{base_url}/hooks/calls/{settings.call_key}" if settings else "",
        providers=queries.providers(db.session()),
        numbers=queries.numbers(db.session()),
        error=error,
        typed=typed or {},
        new_secret=new_secret,
        time_zone=current_user.time_zone,
        may_switch=current_user.role == "owner",
        settings=settings,
        rule=keeping.read(settings),
        day_choices=keeping.CHOICES,
        now=utc_now(),
        deletions=deletions.newest_deletions(db.session()),
    )
