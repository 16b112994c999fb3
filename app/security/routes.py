"""The security log of the company, each person's own part of it, and what every request tells it."""

import uuid
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask_login import current_user

from app.auth.access import actor, allow
from app.core import events
from app.core.db import db
from app.core.words import gettext as _
from app.journal import writing
from app.security import queries, sheet
from app.security.words import GROUPS, of_kind

blueprint = Blueprint("security", __name__, url_prefix="/settings/security")

blueprint.add_app_template_filter(of_kind, "security_words")

_LEAD_PAGE = "leads.show"


@blueprint.get("")
@allow("owner")
def index() -> str:
    asked = queries.Asked.of(request.args.get("group", ""), request.args.get("before", ""))
    return _page("security/index.html", asked, ".index")


@blueprint.get("/own")
def own() -> str:
    asked = queries.Asked.of(request.args.get("group", ""), request.args.get("before", ""), current_user.id)
    return _page("security/own.html", asked, ".own")


@blueprint.get("/log.csv")
@allow("owner")
def download() -> Response:
    asked = queries.Asked.of(request.args.get("group", ""), "")
    events.record(db.session(), "security.log_downloaded", actor=actor())
    db.session.commit()
    response = Response("".join(sheet.rows(queries.lines(db.session(), asked))), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="security-log.csv"'
    return response


@blueprint.before_app_request
def tell_origin() -> None:
    """Whatever is written to the log while this request is answered, came from here."""
    writing.came_from(request.remote_addr or "", request.headers.get("User-Agent", ""))


@blueprint.after_app_request
def note_look(response: Response) -> Response:
    """Somebody saw the page of a lead. Written after the page was made; what goes wrong here loses no page."""
    if request.endpoint == _LEAD_PAGE and response.status_code == 200 and request.view_args:
        try:
            _note(request.view_args["lead_id"])
        except Exception:
            db.session.rollback()
            current_app.logger.exception("look_not_noted")
    return response


def _note(lead_id: uuid.UUID) -> None:
    writing.note_look(db.session(), user_id=current_user.id, user_name=current_user.name, lead_id=lead_id)
    db.session.commit()


def _page(template: str, asked: queries.Asked, endpoint: str) -> str:
    lines, last = queries.page(db.session(), asked)
    shown: dict[str, Any] = {
        "lines": lines,
        "group": asked.group,
        "groups": _groups(asked, endpoint),
        "older": url_for(endpoint, group=asked.group or None, before=last) if last else None,
        "newest": url_for(endpoint, group=asked.group or None) if asked.before else None,
        "time_zone": current_user.time_zone,
    }
    return render_template(template, **shown)


def _groups(asked: queries.Asked, endpoint: str) -> list[dict[str, Any]]:
    """The tabs: everything, then each group."""
    named = {"": _("Everything"), **{key: words for key, (words, _kinds) in GROUPS.items()}}
    return [
        {"label": words, "href": url_for(endpoint, group=key or None), "current": key == asked.group}
        for key, words in named.items()
    ]
