"""Sign-up, sign-in, sign-out and the profile."""

import uuid

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask import session as form_cookie
from flask_login import current_user
from werkzeug.wrappers import Response

from app.auth import (
    cookies,
    email_addresses,
    entering,
    founding,
    half_way,
    limits,
    passwords,
    profile,
    proving,
    queries,
    sessions,
    two_step,
)
from app.auth import sign_in as signing_in
from app.auth.access import actor, own_affair, public, while_closed
from app.auth.forms import PasswordForm, ProfileForm, SignInForm, SignUpForm
from app.auth.next_page import own_path
from app.core import words
from app.core.db import db
from app.core.errors import InvalidInputError, NotFoundError
from app.core.security import limiter
from app.core.services import services
from app.core.words import gettext as _
from app.journal import writing

blueprint = Blueprint("auth", __name__)

_FORGOTTEN = ("cache", "storage")
"""What the browser forgets at sign-out: pages that the Back button would show, and what our scripts kept."""


@blueprint.before_app_request
def keep_note_of_visit() -> None:
    """The note of a visit is kept before the view begins, since a view that only reads commits nothing."""
    if g.pop("visit_is_noted", False):
        db.session.commit()


@blueprint.route("/sign-up", methods=["GET", "POST"])
@public
@limiter.limit("10 per hour", methods=["POST"])
@limiter.limit(
    "500 per hour", methods=["POST"], key_func=limits.everybody, deduct_when=lambda answer: not _failed(answer)
)
@limits.mails_to_strangers()
def sign_up() -> Response | str | tuple[str, int]:
    if current_user.is_authenticated:
        return redirect(url_for("leads.index"))
    form = SignUpForm()
    if not form.validate_on_submit():
        return render_template("auth/sign_up.html", form=form), 422 if form.is_submitted() else 200
    founded = _found(form)
    return _enter(founded.user_id, url_for("onboarding.show"))


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
@limiter.limit("30 per 5 minutes", methods=["POST"], deduct_when=lambda answer: _failed(answer))
@limiter.limit(
    "10 per 5 minutes",
    methods=["POST"],
    key_func=limits.typed_address_and_place,
    deduct_when=lambda answer: _failed(answer),
)
@limiter.limit(
    "30 per 15 minutes",
    methods=["POST"],
    key_func=limits.typed_address,
    deduct_when=lambda answer: _failed(answer),
)
def sign_in() -> Response | str | tuple[str, int]:
    next_page = own_path(request.values.get("next"))
    if current_user.is_authenticated:
        return redirect(next_page or url_for("leads.index"))
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form, next_page), 422 if form.is_submitted() else 200
    email = email_addresses.normal(form.email.data)
    user_id = signing_in.sign_in(db.session(), email, form.password.data, _hasher())
    if user_id is None:
        db.session.commit()
        return _sign_in_page(form, next_page, error=_("The e-mail address or the password is not right.")), 422
    if two_step.is_on(db.session(), user_id):
        half_way.keep(db.session(), user_id, services().settings.secret_key)
        db.session.commit()
        return redirect(url_for("two_step.ask", next=next_page), code=303)
    token, address = entering.arrive(db.session(), user_id, next_page)
    db.session.commit()
    return entering.enter(token, user_id, address)


@blueprint.post("/sign-out")
@while_closed
@own_affair
def sign_out() -> Response:
    sessions.end(db.session(), current_user.id, current_user.session_id)
    writing.write(db.session(), "user.signed_out", user_id=current_user.id, user_name=current_user.name)
    db.session.commit()
    form_cookie.clear()
    flash(_("You are signed out."), "success")
    response = redirect(url_for("auth.sign_in"), code=303)
    cookies.drop(response, services().settings)
    response.headers["Clear-Site-Data"] = ", ".join(f'"{kind}"' for kind in _FORGOTTEN)
    return response


@blueprint.get("/profile", endpoint="profile")
def show_profile() -> str:
    return _profile_page(_details_form(), _password_form())


@blueprint.post("/profile")
@own_affair
def correct_profile() -> Response | tuple[str, int]:
    form = ProfileForm()
    if not form.validate_on_submit():
        return _profile_page(form, _password_form()), 422
    profile.correct(
        db.session(),
        current_user.id,
        name=form.name.data,
        job_title=form.job_title.data,
        language=form.language.data,
    )
    db.session.commit()
    words.prefer(form.language.data)
    flash(_("Your profile is saved."), "success")
    response = redirect(url_for("auth.profile"), code=303)
    words.remember(response, form.language.data, is_https=services().settings.is_https)
    return response


@blueprint.post("/profile/password")
@own_affair
@limiter.limit("10 per 5 minutes")
@limits.of_account("10 per 5 minutes")
def change_password() -> Response | tuple[str, int]:
    form = _password_form()
    if not form.validate_on_submit():
        return _profile_page(_details_form(), form), 422
    try:
        profile.change_password(db.session(), actor(), proving.proof(form.current.data), new=form.new.data)
    except InvalidInputError as error:
        for name, sentence in error.fields.items():
            form[name].errors = [sentence]
        return _profile_page(_details_form(), form), 422
    response = _enter(current_user.id, url_for("auth.profile"))
    flash(_("Your password is changed. Every other browser is signed out."), "success")
    return response


@blueprint.post("/profile/sessions/<uuid:session_id>/end")
@own_affair
def end_session(session_id: uuid.UUID) -> Response:
    if not sessions.end(db.session(), current_user.id, session_id):
        raise NotFoundError(_("This sign-in has ended already."))
    writing.write(db.session(), "user.signed_out", user_id=current_user.id, user_name=current_user.name)
    db.session.commit()
    flash(_("That browser is signed out."), "success")
    return redirect(url_for("auth.profile"), code=303)


def _found(form: SignUpForm) -> founding.Founded:
    return founding.found_company(
        db.session(),
        company_name=form.company.data,
        owner_name=form.name.data,
        email=form.email.data,
        password=form.password.data,
        job_title=form.job_title.data,
        key_ring=services().key_ring,
        hasher=_hasher(),
    )


def _sign_in_page(form: SignInForm, next_page: str | None, error: str | None = None) -> str:
    return render_template("auth/sign_in.html", form=form, next_page=next_page, error=error)


def _profile_page(details: ProfileForm, password: PasswordForm) -> str:
    return render_template(
        "auth/profile.html",
        details=details,
        password=password,
        sessions=queries.own_sessions(db.session(), current_user.id),
        is_confirmed=queries.has_confirmed_address(db.session(), current_user.id),
    )


def _details_form() -> ProfileForm:
    """What is stored, whatever else the request carried."""
    member = queries.membership(db.session(), current_user.id)
    return ProfileForm(
        formdata=None, name=current_user.name, job_title=member.job_title, language=current_user.language
    )


def _password_form() -> PasswordForm:
    return PasswordForm(known=(current_user.name, current_user.email, current_user.company_name))


def _enter(user_id: uuid.UUID, address: str) -> Response:
    """Commit, with a new session for this browser, and go on to the address."""
    token = sessions.start(db.session(), user_id, _browser())
    db.session.commit()
    return entering.enter(token, user_id, address)


def _browser() -> sessions.Browser:
    return sessions.Browser(request.headers.get("User-Agent", ""), request.remote_addr or "")


def _hasher() -> passwords.Hasher:
    return passwords.hasher(services().settings.argon2_memory_kib)


def _failed(answer: Response) -> bool:
    """Only tries that fail count: an office behind one address signs in at nine o'clock."""
    return answer.status_code != 303
