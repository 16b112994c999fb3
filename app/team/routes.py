"""The team's page, invitations, and moving between companies."""

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.auth import cookies, entering, limits, passwords, proving, sessions
from app.auth import queries as people
from app.auth.access import actor, allow, own_affair, public
from app.auth.next_page import own_path
from app.core import tenancy
from app.core.db import db
from app.core.errors import InvalidInputError
from app.core.ids import new_secret, secret_hash
from app.core.security import limiter
from app.core.services import services
from app.core.words import gettext as _
from app.team import gates, invitations, members, queries
from app.team.forms import InvitationForm, JoinForm
from app.team.roles import GIVEN, ROLES

blueprint = Blueprint("team", __name__)


@blueprint.get("/settings/team")
def index() -> str:
    return _page(InvitationForm())


@blueprint.post("/settings/team/invitations")
@allow("owner", "admin")
@limiter.limit("60 per hour")
@limits.of_account("60 per hour")
def invite() -> Response | tuple[str, int]:
    form = InvitationForm()
    if form.validate_on_submit():
        try:
            invitations.invite(db.session(), actor(), email=form.email.data, role=form.role.data)
        except InvalidInputError as error:
            db.session.rollback()
            for name, sentence in error.fields.items():
                form[name].errors = [sentence]
        else:
            db.session.commit()
            return _done(_("The invitation is on its way."))
    return _page(form), 422


@blueprint.post("/settings/team/invitations/<uuid:invitation_id>/mails")
@allow("owner", "admin")
@limiter.limit("60 per hour")
def send_again(invitation_id: uuid.UUID) -> Response:
    invitations.send_again(db.session(), actor(), invitation_id)
    db.session.commit()
    return _done(_("The invitation is on its way again. The link of the earlier mail no longer works."))


@blueprint.post("/settings/team/invitations/<uuid:invitation_id>/end")
@allow("owner", "admin")
def take_back(invitation_id: uuid.UUID) -> Response:
    invitations.take_back(db.session(), invitation_id)
    db.session.commit()
    return _done(_("The invitation is taken back. Its link no longer works."))


@blueprint.post("/settings/team/<uuid:user_id>/role")
@allow("owner", "admin")
def change_role(user_id: uuid.UUID) -> Response:
    members.change_role(db.session(), actor(), user_id, request.form.get("role", ""))
    db.session.commit()
    return _done(_("The role is changed. It counts from the next click on."))


@blueprint.post("/settings/team/<uuid:user_id>/sight")
@allow("owner", "admin")
def change_sight(user_id: uuid.UUID) -> Response:
    only_own = bool(request.form.get("only_own"))
    members.change_sight(db.session(), actor(), user_id, only_own=only_own)
    db.session.commit()
    done = _("They see their own leads alone from the next click on.")
    return _done(done if only_own else _("They see all leads from the next click on."))


@blueprint.post("/settings/team/<uuid:user_id>/absence")
def say_away(user_id: uuid.UUID) -> Response | tuple[str, int]:
    """One's own affair, and a manager's for everybody."""
    if user_id != current_user.id and current_user.role not in ("owner", "admin"):
        abort(403)
    typed = request.form.get("away_until", "")
    try:
        until = members.say_away(db.session(), user_id, typed)
    except InvalidInputError as error:
        db.session.rollback()
        refused = {"user_id": user_id, "typed": typed, "error": error.sentence}
        return _page(InvitationForm(formdata=None), refused), 422
    db.session.commit()
    return _done(_("Saved. New leads go to others until then.") if until else _("Saved. New leads come again."))


@blueprint.post("/settings/team/<uuid:user_id>/removal")
@allow("owner", "admin")
def remove(user_id: uuid.UUID) -> Response:
    heir = request.form.get("heir", "")
    members.remove(db.session(), actor(), user_id, _uuid(heir) if heir else None)
    db.session.commit()
    return _done(_("Removed from the team, and signed out."))


@blueprint.post("/settings/team/<uuid:user_id>/two-step/end")
@allow("owner")
@limits.of_account("20 per hour")
def reset_two_step(user_id: uuid.UUID) -> Response:
    members.reset_two_step(db.session(), actor(), user_id)
    db.session.commit()
    return _done(_("Two-step sign-in is off for this person, and they are told by mail."))


@blueprint.post("/settings/team/ownership")
@allow("owner")
@limiter.limit("10 per 5 minutes")
@limits.of_account("10 per 5 minutes")
def hand_over() -> Response:
    heir = _uuid(request.form.get("user_id", ""))
    members.hand_over(db.session(), actor(), heir, proving.proof(request.form.get("password")))
    db.session.commit()
    return _done(_("The company is handed over. You are an admin now."))


@blueprint.get("/invitations/<token>")
@public
def show_invitation(token: str) -> tuple[str, int]:
    invitation = _open(token)
    if invitation is None:
        return render_template("team/gone.html"), 410
    return _invitation_page(invitation, token, JoinForm(known=(invitation.email, invitation.company_name))), 200


@blueprint.post("/invitations/<token>")
@public
@limiter.limit("30 per hour")
def accept(token: str) -> Response | tuple[str, int]:
    """With the account that is signed in if it is the invited one's, otherwise with a new one."""
    invitation = _open(token)
    if invitation is None:
        return render_template("team/gone.html"), 410
    form = JoinForm(known=(invitation.email, invitation.company_name))
    if _is_for_me(invitation):
        return _join_as(invitation, current_user.id, current_user.name)
    has_account = invitations.has_account(db.session(), invitation.email)
    if has_account or _names_me(invitation) or not form.validate_on_submit():
        return _invitation_page(invitation, token, form), 422
    session = _session_of(invitation)
    given = {"name": form.name.data, "job_title": form.job_title.data, "password": form.password.data}
    user_id = invitations.sign_up(session, invitation, **given, hasher=_hasher())
    return _enter(user_id)


@blueprint.get("/companies")
def choose_company() -> str:
    token = cookies.read(request, services().settings) or ""
    places = gates.workplaces(db.session(), secret_hash(token))
    next_page = own_path(request.args.get("next"))
    return render_template("team/companies.html", places=places, roles=ROLES, next_page=next_page)


@blueprint.post("/companies/<uuid:company_id>/sessions")
@own_affair
def enter_company(company_id: uuid.UUID) -> Response:
    old, fresh = cookies.read(request, services().settings) or "", new_secret()
    if not gates.move_session(db.session(), secret_hash(old), company_id, secret_hash(fresh)):
        abort(404)
    db.session.commit()
    return entering.enter(fresh, current_user.id, own_path(request.form.get("next")) or url_for("leads.index"))


def _join_as(invitation: gates.OpenInvitation, user_id: uuid.UUID, name: str) -> Response:
    """The sign-in to the other company ends, since a session serves one company for its whole life."""
    sessions.end(db.session(), user_id, current_user.session_id)
    db.session.commit()
    invitations.join(_session_of(invitation), invitation, user_id, name, "")
    return _enter(user_id)


def _enter(user_id: uuid.UUID) -> Response:
    browser = sessions.Browser(request.headers.get("User-Agent", ""), request.remote_addr or "")
    token = sessions.start(db.session(), user_id, browser)
    db.session.commit()
    flash(_("Welcome to the team."), "success")
    return entering.enter(token, user_id, url_for("leads.index"))


def _session_of(invitation: gates.OpenInvitation) -> Session:
    """A fresh database session that serves the inviting company."""
    db.session.remove()
    tenancy.serve(db.session(), invitation.company_id)
    return db.session()


def _open(token: str) -> gates.OpenInvitation | None:
    # Asked first, since it binds the session to the company of whoever is signed in.
    bool(current_user.is_authenticated)
    return gates.open_invitation(db.session(), secret_hash(token))


def _is_for_me(invitation: gates.OpenInvitation) -> bool:
    """Signed in under the invited address, and it is confirmed: anybody may sign up with anybody's."""
    return _names_me(invitation) and people.has_confirmed_address(db.session(), current_user.id)


def _names_me(invitation: gates.OpenInvitation) -> bool:
    return bool(current_user.is_authenticated and current_user.email.lower() == invitation.email.lower())


def _invitation_page(invitation: gates.OpenInvitation, token: str, form: JoinForm) -> str:
    return render_template(
        "team/join.html",
        invitation=invitation,
        token=token,
        form=form,
        role=ROLES[invitation.role],
        is_for_me=_is_for_me(invitation),
        is_unconfirmed=_names_me(invitation) and not _is_for_me(invitation),
        has_account=invitations.has_account(db.session(), invitation.email),
    )


def _page(form: InvitationForm, absence: dict[str, Any] | None = None) -> str:
    """`absence` is a refused one: whose, what was typed, and what is wrong with it."""
    team = queries.team(db.session())
    able = [(str(each.user_id), each.name) for each in team if each.role != "viewer"]
    return render_template(
        "team/index.html",
        form=form,
        absence=absence or {},
        team=team,
        heirs={each.user_id: [heir for heir in able if heir[0] != str(each.user_id)] for each in team},
        waiting=queries.waiting(db.session()),
        roles=ROLES,
        given=GIVEN,
        may_manage=current_user.role in ("owner", "admin"),
    )


def _done(words: str) -> Response:
    flash(words, "success")
    return redirect(url_for("team.index"), code=303)


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise InvalidInputError(_("Choose somebody of your team.")) from None


def _hasher() -> passwords.Hasher:
    return passwords.hasher(services().settings.argon2_memory_kib)
