"""The support form for everybody, and the page of a thread."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_login import current_user
from werkzeug.wrappers import Response

from app.auth import limits
from app.auth.access import public
from app.core.db import db
from app.core.errors import InvalidInputError
from app.core.security import csrf, limiter
from app.core.services import services
from app.core.words import gettext as _
from app.support import files, receiving, threads
from app.support.forms import SupportForm, shown_now
from app.support.models import SupportRequest

blueprint = Blueprint("support", __name__)


@blueprint.route("/support/requests/new", methods=["GET", "POST"])
@public
@limiter.limit("20 per hour", methods=["POST"])
@limits.mails_to_strangers()
def ask() -> str | tuple[str, int]:
    form = _form()
    if not form.validate_on_submit():
        return (_form_page(form), 422) if form.is_submitted() else _form_page(form)
    reference = ""
    if not form.is_by_a_machine(services().settings.secret_key):
        try:
            reference = threads.ask(db.session(), _asker(form), form.subject.data or "", form.body.data or "")
        except InvalidInputError as error:
            form.form_errors.append(error.sentence)
            return _form_page(form), 422
        db.session.commit()
    return render_template("support/asked.html", reference=reference, email=form.email.data)


@blueprint.get("/support/requests/<token>")
@public
@limiter.limit("120 per hour")
def thread(token: str) -> str:
    return _page(threads.by_token(db.session(), token), token)


@blueprint.post("/support/requests/<token>/confirmation")
@public
@limiter.limit("60 per hour")
def confirm(token: str) -> Response:
    if threads.confirm(threads.by_token(db.session(), token)):
        db.session.commit()
        flash(_("Thank you. We have your request."), "success")
    return redirect(url_for("support.thread", token=token), code=303)


@blueprint.post("/support/requests/<token>/messages")
@public
@limiter.limit("20 per hour")
def write(token: str) -> Response | tuple[str, int]:
    found = threads.by_token(db.session(), token)
    body = request.form.get("body", "")
    try:
        threads.write_back(db.session(), found, body)
    except InvalidInputError as error:
        return _page(found, token, body=body, error=error.sentence), 422
    db.session.commit()
    flash(_("Your message is with us."), "success")
    return redirect(url_for("support.thread", token=token), code=303)


@blueprint.post("/support/requests/<token>/files")
@public
@csrf.exempt  # type: ignore[untyped-decorator] # it would read the file before its size is allowed; checked below
@limiter.limit("20 per hour")
def send_file(token: str) -> Response | tuple[str, int]:
    uploaded = receiving.uploaded()
    found = threads.by_token(db.session(), token)
    try:
        files.put(db.session(), found, "person", *uploaded, services().key_ring)
    except InvalidInputError as error:
        db.session.rollback()
        return _page(threads.by_token(db.session(), token), token, file_error=error.sentence), 422
    threads.note_file(found)
    db.session.commit()
    flash(_("Your file is with us."), "success")
    return redirect(url_for("support.thread", token=token), code=303)


@blueprint.get("/support/requests/<token>/files/<uuid:file_id>")
@public
@limiter.limit("120 per hour")
def download(token: str, file_id: uuid.UUID) -> Response:
    found = threads.by_token(db.session(), token)
    return receiving.handed_out(*files.read(db.session(), found.id, file_id, services().key_ring))


def _page(found: SupportRequest, token: str, *, body: str = "", error: str = "", file_error: str = "") -> str:
    shown = {"body": body, "error": error, "file_error": file_error, "kinds": files.KINDS}
    messages = threads.messages(db.session(), found.id)
    sent = files.of_thread(db.session(), found.id)
    return render_template("support/thread.html", found=found, messages=messages, files=sent, token=token, **shown)


def _form_page(form: SupportForm) -> str:
    return render_template("support/ask.html", form=form, shown=shown_now(services().settings.secret_key))


def _form() -> SupportForm:
    """Filled in with who is signed in."""
    if current_user.is_authenticated:
        return SupportForm(name=current_user.name, email=current_user.email)
    return SupportForm()


def _asker(form: SupportForm) -> threads.Asker:
    """The signed-in person under their own address; anybody else as they typed it."""
    language = str(get_locale())
    if current_user.is_authenticated:
        return threads.Asker(
            current_user.name, current_user.email, language, current_user.company_id, current_user.user_id
        )
    return threads.Asker(form.name.data or "", form.email.data or "", language)
