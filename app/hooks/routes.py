"""The address that other programs call, and the two pages on which a company sets it up and looks at what came."""

import json

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.auth.access import actor, allow, public
from app.capture import webhooks
from app.capture.bodies import MalformedError
from app.capture.front import JOB
from app.capture.inbox import HOOK_KEY, Inbox, TooManyError
from app.capture.models import CaptureSource
from app.core.db import db
from app.core.errors import GoneError, InvalidInputError, LeaderError, NotFoundError
from app.core.security import csrf
from app.core.services import services
from app.core.words import gettext as _
from app.hooks import sources
from app.hooks.sources import LEAD_FORM, WEBHOOK, WrongKeyError

blueprint = Blueprint("hooks", __name__)

_ID_HEADERS = ("webhook-id", "idempotency-key")
_STATUS: dict[type[LeaderError], int] = {
    MalformedError: 400,
    WrongKeyError: 403,
    GoneError: 410,
    NotFoundError: 404,
    InvalidInputError: 422,
    TooManyError: 429,
}
_PAGES = {LEAD_FORM: "hooks/lead_form.html", WEBHOOK: "hooks/webhook.html"}


@blueprint.post("/hooks/leads/<site_key>")
@public
@csrf.exempt  # type: ignore[untyped-decorator] # programs post here; nobody is signed in
def hear(site_key: str) -> Response:
    """Keep the message, then answer. 200 {} also for one that came before."""
    inbox: Inbox = current_app.extensions["leader_inbox"]
    address = request.remote_addr or ""
    try:
        inbox.admit(site_key, address, HOOK_KEY)
        given_id = next((request.headers[name] for name in _ID_HEADERS if name in request.headers), "")
        parcel = sources.parcel(inbox.hook(site_key), _body(), given_id, ip_address=address)
        inbox.keep(site_key, parcel)
    except LeaderError as error:
        return _refusal(error)
    services().bell.ring("capture", JOB)
    return jsonify({})


@blueprint.get("/website/google-lead-form", defaults={"kind": LEAD_FORM})
@blueprint.get("/website/webhook", defaults={"kind": WEBHOOK})
@allow("owner", "admin")
def show(kind: str) -> str:
    return _page(kind)


@blueprint.post("/website/<any(lead_form,webhook):kind>/keys")
@allow("owner", "admin")
def make(kind: str) -> str:
    """The source with its address, and a fresh key where there is one: shown here and never again."""
    source = sources.make(db.session(), kind, actor=actor())
    key = sources.renew_key(db.session(), source, actor=actor()) if kind == LEAD_FORM else ""
    db.session.commit()
    return _page(kind, new_key=key)


@blueprint.post("/website/<any(lead_form,webhook):kind>/replays")
@allow("owner", "admin")
def replay(kind: str) -> BaseResponse:
    sources.replay(db.session(), _source(kind))
    db.session.commit()
    flash(_("The messages are read once more."), "success")
    return redirect(_address(kind), code=303)


@blueprint.post("/website/webhook/mapping")
@allow("owner", "admin")
def choose() -> BaseResponse:
    chosen = dict(zip(request.form.getlist("path"), request.form.getlist("part"), strict=False))
    sources.choose(db.session(), _source(WEBHOOK), chosen, actor=actor())
    db.session.commit()
    flash(_("Saved. Messages that waited become leads now."), "success")
    return redirect(_address(WEBHOOK), code=303)


def _body() -> bytes:
    """A form is kept as the flat object that it is."""
    if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return json.dumps(request.form.to_dict()).encode()
    return request.get_data()


def _refusal(error: LeaderError) -> Response:
    status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 503)
    response = make_response(jsonify(message=error.sentence), status)
    if status in (429, 503):
        response.headers["Retry-After"] = str(getattr(error, "wait", 30))
    return response


def _source(kind: str) -> CaptureSource:
    source = sources.find(db.session(), kind)
    if source is None:
        raise NotFoundError(_("This address has not been made yet."))
    return source


def _address(kind: str) -> str:
    return url_for("hooks.show", kind=kind)


def _page(kind: str, new_key: str = "") -> str:
    source = sources.find(db.session(), kind)
    arrived = sources.newest(db.session(), source) if source else []
    found = webhooks.paths(arrived[0].item.body) if arrived and kind == WEBHOOK else []
    chosen = (source.mapping if source else {}) or webhooks.guess(found)
    known = dict(found)
    return render_template(
        _PAGES[kind],
        source=source,
        address=services().settings.base_url.rstrip("/") + url_for("hooks.hear", site_key=source.site_key)
        if source
        else "",
        new_key=new_key,
        arrived=arrived,
        waiting=sources.waiting(db.session(), source) if source else 0,
        paths=[*found, *((path, "") for path in chosen if path not in known)],
        chosen=chosen,
        parts=[(part, str(label)) for part, label in webhooks.PARTS.items()],
        time_zone=current_user.time_zone,
    )
