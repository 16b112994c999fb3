"""Choosing rows of the table and changing them together."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.auth.access import actor, allow
from app.core.db import db
from app.core.errors import LeaderError, NotFoundError
from app.core.htmx import page_or_partial, wants_partial
from app.core.words import gettext as _
from app.core.words import ngettext
from app.leads import filters, stages, table
from app.leads.chips import link
from app.leads.filters import Asked
from app.leads.routes import reader
from app.leads.rows import rows
from app.selection import changes
from app.selection.changes import Before, Change
from app.workspace.choices import choices

blueprint = Blueprint("selection", __name__)


@blueprint.get("/leads/selection")
@allow("owner", "admin", "member")
def show() -> Response:
    return page_or_partial("selection/show.html", "selection/_selection.html", **_page(Asked.of(request.args)))


@blueprint.post("/leads/bulk-changes")
def change() -> BaseResponse:
    asked = Asked.of(_place())
    try:
        changed = changes.apply(db.session(), _ids("lead"), _change(), actor=actor())
    except LeaderError as error:
        db.session.rollback()
        return page_or_partial(
            "selection/show.html", "selection/_selection.html", status=422, **_page(asked, error.sentence)
        )
    db.session.commit()
    words = ngettext("%(num)s lead is changed.", "%(num)s leads are changed.", len(changed))
    return _answer(asked, words, "success", back=[before.token() for before in changed])


@blueprint.post("/leads/bulk-changes/undo")
def take_back() -> BaseResponse:
    try:
        given = [Before.parse(token) for token in request.form.getlist("back")]
        count = changes.take_back(db.session(), given, actor=actor())
    except LeaderError as error:
        db.session.rollback()
        return _answer(Asked.of(_place()), error.sentence, "error")
    db.session.commit()
    words = ngettext("%(num)s lead is as it was.", "%(num)s leads are as they were.", count)
    return _answer(Asked.of(_place()), words, "success")


def _answer(asked: Asked, words: str, kind: str, back: list[str] | None = None) -> BaseResponse:
    """The rows as they are now with a message and the way back, or the page again."""
    if not wants_partial():
        flash(words, kind)
        return redirect(
            link(url_for("selection.show"), **asked.arguments(), after=request.form.get("after", "")), code=303
        )
    undo = {
        "address": url_for("selection.take_back"),
        "values": {"back": back, "after": request.form.get("after", ""), **_hidden(asked)},
        "target": "#selection",
    }
    tone = "good" if kind == "success" else "bad"
    return make_response(
        render_template("selection/changed.html", words=words, tone=tone, undo=undo if back else None, **_page(asked))
    )


def _page(asked: Asked, error: str = "") -> dict[str, Any]:
    """With an error, what was ticked and chosen stands as it was."""
    given = request.form if error else {}
    after = request.values.get("after", "")
    page = table.page(db.session(), asked, after, reader(), address=url_for("selection.show"))
    shown = rows(page.rows, page.stages, page.time_zone, page.address)
    return {
        "table": page,
        "rows": shown,
        "ids": [row.address.rpartition("/")[2] for row in shown],
        "after": after,
        "hidden": _hidden(asked),
        "choices": choices(db.session()),
        "error": error,
        "given": {name: given.get(name, "") for name in ("stage", "owner", "tag", "all")},
        "ticked": set(request.form.getlist("lead")) if error else set(),
    }


def _hidden(asked: Asked) -> dict[str, str]:
    """What the table shows, under names that do not clash with those of the change."""
    return {f"of_{name}": value for name, value in asked.arguments().items()}


def _place() -> dict[str, str]:
    return {name.removeprefix("of_"): value for name, value in request.form.items() if name.startswith("of_")}


def _change() -> Change:
    stage, owner = request.form.get("stage", ""), request.form.get("owner", "")
    return Change(
        stage_id=stages.chosen(stages.in_order(db.session()), stage).id if stage else None,
        is_assigned=bool(owner),
        owner_id=None if owner == filters.NOBODY else current_user.id if owner == filters.ME else _id(owner),
        tag=request.form.get("tag", ""),
    )


def _ids(name: str) -> list[UUID]:
    name = "shown" if request.form.get("all") else name
    return [found for text in request.form.getlist(name) if (found := _id(text))]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFoundError(_("There is no such choice any more. Reload the page and try again.")) from None
