"""Closing the account, coming back, and the public pages about certificates."""

import uuid

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
from flask import session as form_cookie
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from app.auth import confirming, cookies, limits, proving
from app.auth.access import actor, allow, public, while_closed
from app.companies.models import Company
from app.core.db import db
from app.core.errors import InvalidInputError, LeaderError
from app.core.security import limiter
from app.core.services import services
from app.core.signing import signer
from app.core.words import gettext as _
from app.privacy import certificates, closing
from app.privacy.forms import CertificateForm, ClosingForm

blueprint = Blueprint("privacy", __name__)


@blueprint.get("/account/closing")
@allow("owner")
def show_closing() -> str:
    return _closing_page(ClosingForm(formdata=None))


@blueprint.post("/account/closing")
@allow("owner")
@limiter.limit("10 per 5 minutes")
@limits.of_account("10 per 5 minutes")
def close() -> BaseResponse | tuple[str, int]:
    form, session = ClosingForm(), db.session()
    if not form.validate_on_submit():
        return _closing_page(form), 422
    try:
        closing.check_name(session, form.company_name.data)
        confirming.confirm(session, actor(), proving.proof(form.password.data))
        company = closing.close(session, actor=actor())
    except InvalidInputError as error:
        for name, sentence in error.fields.items():
            form[name].errors = [sentence]
        return _closing_page(form), 422
    except LeaderError as error:
        session.rollback()
        form.form_errors.append(error.sentence)
        return _closing_page(form), 422
    session.commit()
    return _good_bye(company)


@blueprint.get("/account/closed")
@while_closed
def show_closed() -> BaseResponse | str:
    company = _company()
    if company.closed_at is None:
        return redirect(url_for("leads.index"))
    return render_template(
        "privacy/closed.html", company=company, is_owner=current_user.role == "owner", exports=_exports()
    )


@blueprint.post("/account/closed/return")
@while_closed
@allow("owner")
def reopen() -> BaseResponse:
    closing.reopen(db.session(), actor=actor())
    db.session.commit()
    flash(_("Welcome back. Everything is as it was; connect Google Ads again to go on reporting."), "success")
    return redirect(url_for("leads.index"), code=303)


@blueprint.route("/certificates", methods=["GET", "POST"])
@public
@limiter.limit("60 per 5 minutes", methods=["POST"])
def check_certificate() -> str | tuple[str, int]:
    form, verdict = CertificateForm(), None
    if form.is_submitted():
        try:
            if not form.validate():
                raise InvalidInputError("; ".join(form.errors))
            verdict = certificates.check(db.session(), _uploaded(form), signer(services().settings).public_key)
        except InvalidInputError as error:
            form.certificate.errors = [error.sentence]
            return render_template("privacy/certificates.html", form=form, verdict=None), 422
    return render_template("privacy/certificates.html", form=form, verdict=verdict)


@blueprint.get("/certificates/<uuid:certificate_id>")
@public
def show_certificate(certificate_id: uuid.UUID) -> str:
    row = certificates.find(db.session(), certificate_id)
    return render_template("privacy/certificate.html", number=row.id, content=certificates.as_file(row)["certificate"])


@blueprint.get("/certificates/<uuid:certificate_id>.json")
@public
def download_certificate(certificate_id: uuid.UUID) -> Response:
    response = make_response(jsonify(certificates.as_file(certificates.find(db.session(), certificate_id))))
    response.headers["Content-Disposition"] = f'attachment; filename="leader-certificate-{certificate_id}.json"'
    return response


@blueprint.get("/.well-known/leader-certificate-keys")
@public
def show_certificate_keys() -> Response:
    """Ed25519 public keys in Base64, the one in use first."""
    return jsonify(
        algorithm="Ed25519", keys=certificates.published_keys(db.session(), signer(services().settings).public_key)
    )


def _good_bye(company: Company) -> BaseResponse:
    form_cookie.clear()
    flash(
        _("Your account is closed. Sign in within %(days)s days to bring it back.", days=closing.DAYS_TO_RETURN),
        "success",
    )
    response = redirect(url_for("auth.sign_in"), code=303)
    cookies.drop(response, services().settings)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _closing_page(form: ClosingForm) -> str:
    return render_template(
        "privacy/closing.html",
        form=form,
        days=closing.DAYS_TO_RETURN,
        backup_days=services().settings.backup_days,
        exports=_exports(),
    )


def _exports() -> str | None:
    """The page on which everything can be taken along, once that feature is there."""
    endpoint = "exports.index"
    return url_for(endpoint) if endpoint in current_app.view_functions else None


def _uploaded(form: CertificateForm) -> str:
    data = (
        request.files["certificate"].read(certificates.MOST_CHARACTERS + 1) if "certificate" in request.files else b""
    )
    return bytes(data).decode("utf-8", "replace")


def _company() -> Company:
    return db.session().scalars(select(Company)).one()
