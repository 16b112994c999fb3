"""Confirming and changing addresses, and forgotten passwords.

A link's page only shows; a button uses it, since mail programs open links to look for harm.
"""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.auth import limits, passwords, proving
from app.auth.access import actor, own_affair, public
from app.core import tenancy
from app.core.db import db
from app.core.errors import InvalidInputError
from app.core.ids import secret_hash
from app.core.security import limiter
from app.core.services import services
from app.core.words import gettext as _
from app.recovery import confirming, gates, resetting
from app.recovery.forms import AddressForm, NewAddressForm, NewPasswordForm

blueprint = Blueprint("recovery", __name__)

_OUTCOMES = {"confirmed": 200, "waiting": 200, "taken": 409, "gone": 410}


@blueprint.get("/confirm-address/<token>")
@public
def show_confirmation(token: str) -> tuple[str, int]:
    link = confirming.read(db.session(), token)
    if link is None:
        return render_template("recovery/outcome.html", outcome="gone"), 410
    return _confirmation_page(link, token), 200


@blueprint.post("/confirm-address/<token>")
@public
@limiter.limit("30 per hour")
@limiter.limit("10 per hour", key_func=lambda: secret_hash((request.view_args or {}).get("token", "")).hex())
def confirm(token: str) -> tuple[str, int]:
    reader_id = current_user.id if current_user.is_authenticated else None
    session = _fresh_session()
    link, outcome = confirming.read(session, token), "gone"
    if link is not None:
        tenancy.serve(session, link.company_id)
        password = request.form.get("password", "")
        try:
            outcome = confirming.confirm(session, token, link, reader_id, password=password, hasher=_hasher())
        except InvalidInputError as error:
            return _confirmation_page(link, token, reader_id, error.sentence), 422
        session.commit()
    return render_template("recovery/outcome.html", outcome=outcome), _OUTCOMES[outcome]


@blueprint.post("/profile/confirmation-mails")
@own_affair
@limiter.limit("5 per hour")
def send_confirmation() -> Response:
    confirming.ask(db.session(), current_user.id)
    db.session.commit()
    flash(_("Mail is on its way. Look into your inbox, and among the spam if it is not there."), "success")
    return redirect(url_for("auth.profile"), code=303)


@blueprint.route("/profile/email", methods=["GET", "POST"])
@own_affair
@limiter.limit("10 per hour", methods=["POST"])
@limits.of_account("10 per hour")
def change_address() -> Response | str | tuple[str, int]:
    form = NewAddressForm()
    if not form.validate_on_submit():
        return render_template("recovery/change.html", form=form), 422 if form.is_submitted() else 200
    given = proving.proof(form.password.data)
    try:
        needs_both = confirming.ask_to_change(db.session(), actor(), given, email=form.email.data)
    except InvalidInputError as error:
        for name, sentence in error.fields.items():
            form[name].errors = [sentence]
        return render_template("recovery/change.html", form=form), 422
    db.session.commit()
    new = _("Open the link that we mailed to the new address.")
    both = _("Open the links that we mailed to the new and to the old address. Until then nothing changes.")
    flash(both if needs_both else new, "success")
    return redirect(url_for("auth.profile"), code=303)


@blueprint.route("/forgotten-password", methods=["GET", "POST"])
@public
@limiter.limit("10 per hour", methods=["POST"])
@limits.mails_to_strangers()
def ask_for_reset() -> str | tuple[str, int]:
    form = AddressForm()
    if not form.validate_on_submit():
        return render_template("recovery/forgotten.html", form=form), 422 if form.is_submitted() else 200
    resetting.ask(db.session(), form.email.data)
    db.session.commit()
    return render_template("recovery/forgotten.html", form=form, is_asked=True)


@blueprint.route("/reset-password/<token>", methods=["GET", "POST"])
@public
@limiter.limit("30 per hour", methods=["POST"])
def reset(token: str) -> Response | str | tuple[str, int]:
    link = resetting.read(db.session(), token)
    if link is None:
        return render_template("recovery/outcome.html", outcome="gone"), 410
    form = NewPasswordForm(known=(link.name, link.email, link.company_name))
    if not form.validate_on_submit():
        page = render_template("recovery/reset.html", form=form, token=token, link=link)
        return page, 422 if form.is_submitted() else 200
    if not resetting.reset(_fresh_session(), token, new=form.new.data, hasher=_hasher()):
        return render_template("recovery/outcome.html", outcome="gone"), 410
    db.session.commit()
    flash(_("Your password is changed. Sign in with the new one."), "success")
    return redirect(url_for("auth.sign_in"), code=303)


def _confirmation_page(
    link: gates.OpenLink, token: str, reader_id: uuid.UUID | None = None, error: str | None = None
) -> str:
    if current_user.is_authenticated:
        reader_id = current_user.id
    wanted = confirming.asks(link, reader_id)
    return render_template("recovery/confirm.html", link=link, token=token, wanted=wanted, error=error)


def _fresh_session() -> Session:
    """Serving no company yet: whoever is signed in here may be somebody else."""
    db.session.remove()
    return db.session()


def _hasher() -> passwords.Hasher:
    return passwords.hasher(services().settings.argon2_memory_kib)
