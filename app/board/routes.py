"""The board, and moving a card to another column."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.auth.access import actor
from app.board.columns import columns
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.htmx import page_or_partial, wants_partial
from app.core.words import gettext as _
from app.follow_up import judging
from app.follow_up import queries as follow_up
from app.leads import moves, queries, stages
from app.leads.rows import title

blueprint = Blueprint("board", __name__)


@blueprint.get("/leads/board")
def show() -> Response:
    return page_or_partial("board/show.html", "board/_board.html", **_board())


@blueprint.post("/leads/board/moves")
def move() -> BaseResponse:
    lead = queries.lead(db.session(), _id(request.form.get("lead", "")))
    known = stages.in_order(db.session())
    stage = stages.chosen(known, request.form.get("stage", ""))
    was = next(each.name for each in known if each.id == lead.stage_id)
    put = moves.take_back if request.form.get("undo") else moves.move
    is_moved = put(db.session(), lead.id, stage.id, actor=actor()) is not None
    if stage.kind == "lost" and (reason := request.form.get("reason", "")):
        judging.explain_loss(db.session(), lead.id, _id(reason), actor=actor())
    db.session.commit()
    who = title(lead.name, lead.email, lead.phone)
    words = _("%(name)s is now in the stage “%(stage)s”.", name=who, stage=stage.name)
    if not wants_partial():
        flash(words, "success")
        return redirect(url_for("board.show"), code=303)
    values = {"lead": str(lead.id), "stage": was, "undo": "yes"}
    undo = {"address": url_for("board.move"), "values": values, "target": "#board"} if is_moved else None
    return make_response(render_template("board/moved.html", words=words, undo=undo, **_board()))


def _board() -> dict[str, Any]:
    return {
        "columns": columns(db.session(), current_user.currency),
        "reasons": [(str(reason.id), reason.name) for reason in follow_up.lost_reasons(db.session())],
        "may_write": current_user.role != "viewer",
    }


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFoundError(_("There is no such choice any more. Reload the page and try again.")) from None
