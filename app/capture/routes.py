"""The hosted form for everybody, the tag, and the page on which a company finds both."""

import contextlib
from typing import Any
from uuid import UUID

import structlog
from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from werkzeug.exceptions import LengthRequired, UnsupportedMediaType
from werkzeug.wrappers import Response as BaseResponse

from app.auth.access import actor, allow, public
from app.capture import bodies, intake, quarantine, sources, tag, trial
from app.capture.front import USER_AGENT_CHARACTERS
from app.capture.gates import Kept, Parcel
from app.capture.inbox import Inbox, TooManyError
from app.capture.sightings import Sightings
from app.capture.submission import FIELDS, HONEYPOT, MOST_FIELDS
from app.core import error_pages, tenancy
from app.core.db import db
from app.core.errors import InvalidInputError, LeaderError
from app.core.htmx import go_to
from app.core.ids import new_id
from app.core.security import content_security_policy, csrf, limiter
from app.core.services import services
from app.core.words import gettext as _
from app.leads import contact

blueprint = Blueprint("capture", __name__)
log = structlog.get_logger()

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@blueprint.get("/t.js")
@public
def show_tag() -> Response:
    script = tag.load(str(current_app.static_folder))
    is_packed = request.accept_encodings.quality("gzip") > 0
    response = make_response(script.packed if is_packed else script.plain)
    response.headers["Content-Type"] = "text/javascript; charset=utf-8"
    response.headers["Cache-Control"] = f"public, max-age={tag.MAX_AGE_SECONDS}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Vary"] = "Accept-Encoding"
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(script.etag, weak=True)
    response.make_conditional(request)
    return response


@blueprint.get("/f/<site_key>")
@public
def show_form(site_key: str) -> Response:
    if _embed():
        _note_website(site_key)
    return _form(site_key, {**_origin(), bodies.EVENT_FIELD: str(new_id())})


@blueprint.post("/f/<site_key>")
@public
@csrf.exempt  # type: ignore[untyped-decorator] # other websites post here; nobody is signed in
def receive_form(site_key: str) -> BaseResponse:
    if request.mimetype not in _FORMS:
        raise UnsupportedMediaType
    if request.content_length is None:  # browsers always say; what says nothing could be cut off unnoticed
        raise LengthRequired
    ip_address = request.remote_addr or ""
    _inbox().admit(site_key, ip_address)
    typed, referer = request.form.to_dict(), request.referrer or ""
    try:
        submission = bodies.from_form(typed, referer=referer)
    except InvalidInputError as error:
        return _form(site_key, {bodies.PAGE_FIELD: request.referrer or "", **typed}, error)
    parcel = Parcel(
        client_event_id=submission.tracking.client_event_id or str(new_id()),
        kind="form",
        body=bodies.packed_form(typed, referer=referer),
        ip_address=ip_address,
        user_agent=contact.one_line(request.user_agent.string)[:USER_AGENT_CHARACTERS],
    )
    _take_in(_inbox().keep(site_key, parcel))
    _note_website(site_key)
    return redirect(url_for("capture.show_thanks", site_key=site_key, embed=_embed()), code=303)


@blueprint.get("/f/<site_key>/thanks")
@public
def show_thanks(site_key: str) -> Response:
    return _public_page("capture/thanks.html", site_key=site_key, source=_inbox().source(site_key))


@blueprint.post("/leads/<uuid:lead_id>/spam-verdicts")
def judge_spam(lead_id: UUID) -> BaseResponse:
    judge = quarantine.put_in if request.form.get("is_spam") == "yes" else quarantine.let_out
    judge(db.session(), lead_id, actor=actor())
    db.session.commit()
    return redirect(url_for("leads.show", lead_id=lead_id), code=303)


@blueprint.get("/website")
def show_source() -> str:
    return _source_page()


@blueprint.post("/website/notice")
@allow("owner", "admin")
def change_notice() -> BaseResponse:
    notice = request.form.get("notice", "")
    try:
        sources.change_notice(db.session(), notice, actor=actor())
    except InvalidInputError as error:
        return make_response(_source_page(notice, error.sentence), 422)
    db.session.commit()
    flash(_("Saved. People see these words from now on."), "success")
    return redirect(url_for("capture.show_source"), code=303)


@blueprint.post("/website/test-lead")
@limiter.limit("20 per hour")
def send_test_lead() -> BaseResponse:
    site_key = sources.website(db.session()).site_key
    _take_in(_inbox().keep(site_key, trial.parcel(current_user.email)))
    flash(_("The test lead is here. It is marked as a test, so it is never counted and never reported."), "success")
    return go_to(url_for("leads.index"))


@blueprint.errorhandler(TooManyError)
def _too_many(error: TooManyError) -> Response:
    response = error_pages.answer(429, error.sentence)
    response.headers["Retry-After"] = str(error.wait)
    return response


def _inbox() -> Inbox:
    held: Inbox = current_app.extensions["leader_inbox"]
    return held


def _take_in(kept: Kept) -> None:
    """Make the lead at once. Should that fail, the visitor need not know: it is kept, and a worker tries again."""
    try:
        tenancy.serve(db.session(), kept.company_id)
        intake.take_in(db.session(), kept.item_id, services().marker, services().key_ring)
        db.session.commit()
    except Exception:
        db.session.rollback()
        log.exception("item_not_taken_in", item=str(kept.item_id))


def _note_website(site_key: str) -> None:
    """Our form inside a shop's page, or a message from the shop's own form: then it stands on that website."""
    page = request.referrer or ""
    if page and not page.startswith(services().settings.base_url):
        with contextlib.suppress(LeaderError):
            _sightings().note(site_key, page, request.remote_addr or "")


def _sightings() -> Sightings:
    held: Sightings = current_app.extensions["leader_sightings"]
    return held


def _embed() -> str | None:
    return "1" if request.args.get("embed") == "1" else None


def _origin() -> dict[str, str]:
    """Where the form stands: on its own page, or in another, of which browsers often name the site only."""
    if _embed():
        return {bodies.PAGE_FIELD: request.referrer or ""}
    return {bodies.PAGE_FIELD: request.url, bodies.REFERRER_FIELD: request.referrer or ""}


def _form(site_key: str, typed: dict[str, str], error: InvalidInputError | None = None) -> Response:
    """The form with what was typed; fields that only a shop's own form has are carried along unseen."""
    carried = [(name, text) for name, text in typed.items() if name not in (*FIELDS, HONEYPOT)]
    return _public_page(
        "capture/form.html",
        status=422 if error else 200,
        site_key=site_key,
        source=_inbox().source(site_key),
        typed=typed,
        carried=carried[:MOST_FIELDS],
        error=error,
    )


def _public_page(template: str, status: int = 200, **data: Any) -> Response:
    """A page for a company's own customers, which may stand inside that company's website."""
    response = make_response(render_template(template, embed=_embed(), **data), status)
    if _embed():
        response.headers["Content-Security-Policy"] = content_security_policy(frame_ancestors="*")
    return response


def _source_page(notice: str | None = None, error: str = "") -> str:
    source = sources.website(db.session())
    return render_template(
        "capture/show.html",
        base_url=services().settings.base_url.rstrip("/"),
        site_key=source.site_key,
        last_received_at=sources.last_received_at(db.session()),
        notice=source.notice if notice is None else notice,
        error=error,
        most_notice=sources.MOST_NOTICE,
    )
