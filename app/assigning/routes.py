"""Settings → New leads: who gets which."""

import uuid

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.assigning import rules
from app.attribution.channels import CHANNELS
from app.auth.access import actor, allow
from app.core.db import db
from app.core.errors import InvalidInputError
from app.core.words import gettext as _
from app.core.words import known
from app.follow_up import queries

blueprint = Blueprint("assigning", __name__, url_prefix="/settings/assignment")
_MANAGERS = ("owner", "admin")


@blueprint.get("")
@allow(*_MANAGERS)
def index() -> str:
    return _page()


@blueprint.post("")
@allow(*_MANAGERS)
def add() -> Response:
    field = request.form.get("field", "")
    wanted = request.form.get("channel" if field == "channel" else "wanted", "")
    try:
        rules.add(db.session(), field, wanted, _ids(request.form.getlist("member")), actor=actor())
    except InvalidInputError as error:
        db.session.rollback()
        return make_response(_page(error.sentence), 422)
    db.session.commit()
    return _done(_("Saved. The rule holds for leads that arrive from now on."))


@blueprint.post("/<uuid:rule_id>/shifts")
@allow(*_MANAGERS)
def shift(rule_id: uuid.UUID) -> Response:
    rules.shift_up(db.session(), rule_id)
    db.session.commit()
    return _done(_("The rule comes earlier now."))


@blueprint.post("/<uuid:rule_id>/removals")
@allow(*_MANAGERS)
def remove(rule_id: uuid.UUID) -> Response:
    rules.remove(db.session(), rule_id, actor=actor())
    db.session.commit()
    return _done(_("The rule is deleted. Leads that it gave stay with their people."))


def _page(error: str = "") -> str:
    return render_template(
        "assigning/index.html",
        rules=rules.all_of(db.session()),
        fields={
            "any": _("Every new lead"),
            "channel": _("Leads of a channel"),
            "source": _("Leads whose source contains"),
            "campaign": _("Leads whose campaign contains"),
        },
        channels=sorted(((name, known(name)) for name in CHANNELS), key=lambda choice: choice[1]),
        members=queries.members(db.session()),
        typed=request.form,
        error=error,
    )


def _done(words: str) -> Response:
    flash(words, "success")
    return redirect(url_for("assigning.index"), code=303)


def _ids(texts: list[str]) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(text) for text in texts]
    except ValueError:
        raise InvalidInputError(_("Choose who gets these leads.")) from None
