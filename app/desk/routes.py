"""The pages of the desk. Reading is written down too, so pages that only show something commit as well."""

import uuid

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.auth import limits, passwords
from app.core.db import db
from app.core.errors import InvalidInputError, LeaderError, NotFoundError
from app.core.pagination import PAGE_SIZE, Position
from app.core.security import csrf, limiter
from app.core.services import services
from app.core.words import gettext as _
from app.desk import closing, cookies, gates, threads, two_step
from app.desk import sign_in as signing_in
from app.desk.access import person
from app.desk.forms import ClosingForm, SignInForm, TwoStepForm
from app.leads import contact
from app.support import files, receiving

blueprint = Blueprint("desk", __name__, url_prefix="/desk")

STATES = ("open", "answered", "closed")


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limiter.limit("20 per 5 minutes", methods=["POST"], deduct_when=lambda answer: answer.status_code != 303)
@limiter.limit(
    "10 per 5 minutes",
    methods=["POST"],
    key_func=lambda: limits.nameless(contact.one_line(request.form.get("email", "")).lower()),
    deduct_when=lambda answer: answer.status_code != 303,
)
def sign_in() -> Response | str | tuple[str, int]:
    if g.at_desk:
        return redirect(url_for(".index"), code=303)
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("desk/sign_in.html", form=form), 422 if form.is_submitted() else 200
    held = services()
    hasher = passwords.hasher(held.settings.argon2_memory_kib)
    typed = (form.email.data, form.password.data, form.code.data)
    token = signing_in.sign_in(db.session(), *typed, hasher=hasher, ring=held.key_ring)
    if token is None:
        return render_template("desk/sign_in.html", form=form, is_wrong=True), 422
    db.session.commit()
    response = redirect(url_for(".index"), code=303)
    cookies.keep(response, token, held.settings)
    return response


@blueprint.post("/sign-out")
def sign_out() -> Response:
    gates.end_session(db.session(), person().token_hash)
    db.session.commit()
    response = redirect(url_for(".sign_in"), code=303)
    cookies.drop(response, services().settings)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@blueprint.get("")
def index() -> str:
    state = request.args.get("state", STATES[0])
    if state not in STATES:
        raise NotFoundError(_("There are no such requests."))
    after = Position.parse(request.args.get("after", ""))
    rows = gates.requests(db.session(), person().token_hash, state, after, PAGE_SIZE + 1)
    db.session.commit()
    last = Position(rows[PAGE_SIZE - 1].updated_at, rows[PAGE_SIZE - 1].id) if len(rows) > PAGE_SIZE else None
    return render_template("desk/index.html", rows=rows[:PAGE_SIZE], state=state, ways=_ways(state), last=last)


@blueprint.get("/requests/<uuid:request_id>")
def show_request(request_id: uuid.UUID) -> str:
    return _thread_page(request_id)


@blueprint.post("/requests/<uuid:request_id>/answers")
def answer(request_id: uuid.UUID) -> Response | tuple[str, int]:
    session, body = db.session(), request.form.get("body", "")
    try:
        text = threads.checked(body)
    except InvalidInputError as error:
        return _thread_page(request_id, body=body, error=error.sentence), 422
    found = threads.open_thread(session, person().token_hash, request_id, "staff.answered_request")
    threads.answer(session, found, text, staff_name=person().name)
    session.commit()
    flash(_("Your answer is on its way by mail."), "success")
    return redirect(url_for(".show_request", request_id=request_id), code=303)


@blueprint.post("/requests/<uuid:request_id>/files")
@csrf.exempt  # type: ignore[untyped-decorator] # it would read the file before its size is allowed; checked below
def send_file(request_id: uuid.UUID) -> Response | tuple[str, int]:
    uploaded, session = receiving.uploaded(), db.session()
    found = threads.open_thread(session, person().token_hash, request_id, "staff.sent_file")
    try:
        files.put(session, found, "staff", *uploaded, services().key_ring)
    except InvalidInputError as error:
        session.rollback()
        return _thread_page(request_id, file_error=error.sentence), 422
    session.commit()
    flash(_("The file stands with the request. Tell the person in an answer."), "success")
    return redirect(url_for(".show_request", request_id=request_id), code=303)


@blueprint.get("/requests/<uuid:request_id>/files/<uuid:file_id>")
def download(request_id: uuid.UUID, file_id: uuid.UUID) -> Response:
    session = db.session()
    found = threads.open_thread(session, person().token_hash, request_id, "staff.read_file")
    name, content = files.read(session, found.id, file_id, services().key_ring)
    session.commit()
    return receiving.handed_out(name, content)


@blueprint.post("/requests/<uuid:request_id>/settlement")
def settle(request_id: uuid.UUID) -> Response:
    found = threads.open_thread(db.session(), person().token_hash, request_id, "staff.closed_request")
    threads.settle(found)
    db.session.commit()
    flash(_("The request is closed. It opens again when the person writes."), "success")
    return redirect(url_for(".index"), code=303)


@blueprint.get("/accounts")
def find() -> str:
    term = request.args.get("q", "").replace("\0", "").strip()[:300]
    found = gates.find(db.session(), person().token_hash, _as_id(term), term) if term else []
    db.session.commit()
    return render_template("desk/find.html", term=term, found=found)


@blueprint.get("/accounts/<uuid:company_id>")
def show_account(company_id: uuid.UUID) -> str:
    return _account_page(company_id, ClosingForm(formdata=None))


@blueprint.get("/accounts/<uuid:company_id>/leads")
def show_leads(company_id: uuid.UUID) -> str:
    """403 without a grant, and that is written down as well."""
    session, token_hash = db.session(), person().token_hash
    before = Position.parse(request.args.get("before", ""))
    given = gates.grant(session, token_hash, company_id)
    rows = gates.leads(session, token_hash, company_id, before, PAGE_SIZE + 1)
    session.commit()
    if given is None:
        abort(403)
    last = Position(rows[PAGE_SIZE - 1].created_at, rows[PAGE_SIZE - 1].id) if len(rows) > PAGE_SIZE else None
    return render_template("desk/leads.html", company_id=company_id, grant=given, rows=rows[:PAGE_SIZE], last=last)


@blueprint.get("/accounts/<uuid:company_id>/leads/<uuid:lead_id>")
def show_lead(company_id: uuid.UUID, lead_id: uuid.UUID) -> str:
    session, token_hash = db.session(), person().token_hash
    given = gates.grant(session, token_hash, company_id)
    lead = gates.lead(session, token_hash, company_id, lead_id)
    session.commit()
    if given is None:
        abort(403)
    if lead is None:
        raise NotFoundError(_("There is no such lead."))
    return render_template("desk/lead.html", company_id=company_id, lead=lead)


@blueprint.post("/accounts/<uuid:company_id>/closings")
def ask_closing(company_id: uuid.UUID) -> Response | tuple[str, int]:
    form, session = ClosingForm(), db.session()
    if not form.validate_on_submit():
        return _account_page(company_id, form), 422
    try:
        given = {"reference": form.reference.data, "reason": form.reason.data}
        closing.ask(session, person().token_hash, company_id, **given)
    except InvalidInputError as error:
        form.reference.errors = [error.sentence]
        return _account_page(company_id, form), 422
    session.commit()
    flash(_("Asked for. Another person of the staff has to confirm it."), "success")
    return redirect(url_for(".closings"), code=303)


@blueprint.post("/accounts/<uuid:company_id>/two-step/end")
def end_two_step(company_id: uuid.UUID) -> Response | tuple[str, int]:
    form, session = TwoStepForm(), db.session()
    if not form.validate_on_submit():
        return _account_page(company_id, ClosingForm(formdata=None), form), 422
    try:
        two_step.end(session, person().token_hash, company_id, form.reference.data)
    except InvalidInputError as error:
        form.reference.errors = [error.sentence]
        return _account_page(company_id, ClosingForm(formdata=None), form), 422
    session.commit()
    flash(_("Two-step sign-in is off for this person, and they are told by mail."), "success")
    return redirect(url_for(".show_account", company_id=company_id), code=303)


@blueprint.get("/closings")
def closings() -> str:
    waiting = gates.closings(db.session(), person().token_hash)
    db.session.commit()
    return render_template("desk/closings.html", waiting=waiting)


@blueprint.post("/closings/<uuid:closing_id>/confirmation")
def confirm_closing(closing_id: uuid.UUID) -> Response:
    try:
        closing.confirm(db.session(), person().token_hash, closing_id)
        db.session.commit()
        flash(_("The account is closed, and its owners are told by mail."), "success")
    except LeaderError as error:
        db.session.rollback()
        flash(error.sentence, "error")
    return redirect(url_for(".closings"), code=303)


@blueprint.post("/closings/<uuid:closing_id>/withdrawal")
def withdraw_closing(closing_id: uuid.UUID) -> Response:
    closing.withdraw(db.session(), person().token_hash, closing_id)
    db.session.commit()
    flash(_("Taken back. The account stays open."), "success")
    return redirect(url_for(".closings"), code=303)


@blueprint.app_context_processor
def who_is_at_desk() -> dict[str, object]:
    return {"at_desk": g.get("at_desk")}


def _ways(state: str) -> list[dict[str, object]]:
    """The tabs: one for each state."""
    named = {"open": _("With us"), "answered": _("Answered"), "closed": _("Closed")}
    return [{"label": named[key], "href": url_for(".index", state=key), "current": key == state} for key in STATES]


def _as_id(term: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(term)
    except ValueError:
        return None


def _thread_page(request_id: uuid.UUID, *, body: str = "", error: str = "", file_error: str = "") -> str:
    """Written down as read, whichever answer it is part of."""
    session = db.session()
    found = threads.open_thread(session, person().token_hash, request_id, "staff.read_request")
    messages = threads.messages(session, found.id)
    sent = files.of_thread(session, found.id)
    shown = {"body": body, "error": error, "file_error": file_error, "kinds": files.KINDS}
    page = render_template("desk/thread.html", found=found, messages=messages, files=sent, **shown)
    session.commit()
    return page


def _account_page(company_id: uuid.UUID, form: ClosingForm, two_step_form: TwoStepForm | None = None) -> str:
    """Written down as seen, whichever answer it is part of."""
    session, token_hash = db.session(), person().token_hash
    account = gates.account(session, token_hash, company_id)
    if account is None:
        raise NotFoundError(_("There is no account of this id."))
    page = render_template(
        "desk/account.html",
        account=account,
        colleagues=gates.colleagues(session, token_hash, company_id),
        connections=gates.connections(session, token_hash, company_id),
        grant=gates.grant(session, token_hash, company_id),
        form=form,
        two_step_form=two_step_form or TwoStepForm(formdata=None),
    )
    session.commit()
    return page
