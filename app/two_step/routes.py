"""Settings → Two-step sign-in, and the page between the password and the product."""

from typing import Any

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.auth import codes, confirming, entering, half_way, limits, proving, two_step
from app.auth import sign_in as signing_in
from app.auth.access import actor, own_affair, public
from app.auth.next_page import own_path
from app.core import tenancy
from app.core.db import db
from app.core.errors import InvalidInputError
from app.core.security import limiter, place
from app.core.services import services
from app.core.words import gettext as _
from app.two_step.forms import CodeAloneForm, ProofForm

blueprint = Blueprint("two_step", __name__)


def _half_way_account() -> str:
    found = half_way.read(services().settings.secret_key)
    return limits.of_person(found.user_id) if found else place()


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@public
@limiter.limit("30 per 5 minutes", methods=["POST"])
@limiter.limit("10 per 15 minutes; 50 per day", methods=["POST"], key_func=_half_way_account)
def ask() -> Response | str | tuple[str, int]:
    """The second step. Who it is stands in the form cookie since the first."""
    next_page, found = own_path(request.values.get("next")), half_way.read(services().settings.secret_key)
    if found is None or current_user.is_authenticated:
        return redirect(url_for("auth.sign_in", next=next_page), code=303)
    form = CodeAloneForm()
    if not form.validate_on_submit():
        return _code_page(form, next_page), 422 if form.is_submitted() else 200
    if not _serve(found):
        return redirect(url_for("auth.sign_in", next=next_page), code=303)
    if not two_step.use(db.session(), found.user_id, form.code.data, services().key_ring):
        signing_in.note_wrong_code(db.session(), found.user_id)
        db.session.commit()
        form.code.errors = [two_step.wrong_code().sentence]
        return _code_page(form, next_page), 422
    token, address = entering.arrive(db.session(), found.user_id, next_page)
    db.session.commit()
    return entering.enter(token, found.user_id, address)


@blueprint.get("/settings/two-step")
def show() -> str:
    return _page()


@blueprint.post("/settings/two-step/set-up")
@own_affair
@limits.of_account("10 per 5 minutes")
def begin() -> Response | tuple[str, int]:
    form = ProofForm()
    if not _is_proved(form):
        return _page(form=form), 422
    two_step.begin(db.session(), current_user.id, services().key_ring)
    db.session.commit()
    return redirect(url_for(".show"), code=303)


@blueprint.post("/settings/two-step")
@own_affair
@limits.of_account("10 per 5 minutes")
def turn_on() -> str | tuple[str, int]:
    form = CodeAloneForm()
    if not form.validate_on_submit():
        return _page(code_form=form), 422
    try:
        fresh = two_step.turn_on(db.session(), actor(), form.code.data, services().key_ring)
    except InvalidInputError as error:
        form.code.errors = [error.sentence]
        return _page(code_form=form), 422
    db.session.commit()
    return render_template("two_step/recovery_codes.html", fresh=fresh, is_new=True)


@blueprint.post("/settings/two-step/recovery-codes")
@own_affair
@limits.of_account("10 per 5 minutes")
def renew() -> str | tuple[str, int]:
    form = ProofForm()
    if not _is_proved(form):
        return _page(form=form), 422
    fresh = two_step.renew_recovery_codes(db.session(), actor(), services().key_ring)
    db.session.commit()
    return render_template("two_step/recovery_codes.html", fresh=fresh, is_new=False)


@blueprint.post("/settings/two-step/end")
@own_affair
@limits.of_account("10 per 5 minutes")
def turn_off() -> Response | tuple[str, int]:
    form = ProofForm()
    if not _is_proved(form):
        return _page(form=form), 422
    two_step.turn_off(db.session(), actor())
    db.session.commit()
    flash(_("Two-step sign-in is off."), "success")
    return redirect(url_for(".show"), code=303)


def _serve(found: half_way.HalfWay) -> bool:
    """False when the password was changed meanwhile, or the person has left."""
    tenancy.serve(db.session(), found.company_id)
    return half_way.is_still_true(db.session(), found)


def _is_proved(form: ProofForm) -> bool:
    """Puts beside the fields what was wrong. A code that was used up by a right answer is committed with the rest."""
    if not form.validate_on_submit():
        return False
    try:
        confirming.confirm(db.session(), actor(), proving.proof(form.password.data))
    except InvalidInputError as error:
        for name, sentence in error.fields.items():
            form[name].errors = [sentence]
        return False
    return True


def _code_page(form: CodeAloneForm, next_page: str | None) -> str:
    return render_template("two_step/ask.html", form=form, next_page=next_page)


def _page(form: ProofForm | None = None, code_form: CodeAloneForm | None = None) -> str:
    session, ring = db.session(), services().key_ring
    key = two_step.key_to_show(session, current_user.id, ring)
    shown: dict[str, Any] = {
        "is_on": two_step.is_on(session, current_user.id),
        "left": two_step.left(session, current_user.id),
        "key": key,
        "picture": _picture(codes.address(key, current_user.email, "Leader")) if key else None,
        "form": form or ProofForm(formdata=None),
        "code_form": code_form or CodeAloneForm(formdata=None),
    }
    return render_template("two_step/show.html", **shown)


def _picture(address: str) -> Markup:
    """The QR code as SVG. It is made of our own letters and figures alone; nothing in it comes from a visitor."""
    drawn = segno.make(address, micro=False).svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=False)
    return Markup(drawn)  # noqa: S704 - made here, see above
