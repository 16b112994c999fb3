"""Following up on a lead, and the page of what is to be done."""

from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.auth.access import actor, allow
from app.auth.next_page import path_of
from app.core.db import db
from app.core.errors import InvalidInputError, LeaderError, NotFoundError
from app.core.htmx import go_to
from app.core.words import gettext as _
from app.follow_up import assignment, judging, lost_reasons, queries, tags, tasks, today
from app.follow_up.forms import TaskForm, chosen_id
from app.leads import panels
from app.leads.routes import again

blueprint = Blueprint("follow_up", __name__)


@blueprint.get("/today")
def show_today() -> str:
    everybody = request.args.get("whose") == "all"
    agenda = today.agenda(
        db.session(), time_zone=current_user.time_zone, member_id=None if everybody else current_user.id
    )
    names = {member.user_id: member.name for member in queries.members(db.session())}
    return render_template(
        "follow_up/today.html", agenda=agenda, everybody=everybody, names=names, may_write=current_user.role != "viewer"
    )


@blueprint.post("/leads/<uuid:lead_id>/assignments")
def assign(lead_id: UUID) -> Response:
    assignment.assign(db.session(), lead_id, _chosen("owner"), actor=actor())
    return _saved(lead_id)


@blueprint.post("/leads/<uuid:lead_id>/answers")
def answer(lead_id: UUID) -> Response:
    judging.answer(db.session(), lead_id, actor=actor())
    return _saved(lead_id)


@blueprint.post("/leads/<uuid:lead_id>/judgements")
def judge(lead_id: UUID) -> Response:
    judging.judge(db.session(), lead_id, request.form.get("quotable", ""), actor=actor())
    return _saved(lead_id)


@blueprint.post("/leads/<uuid:lead_id>/loss-reasons")
def explain_loss(lead_id: UUID) -> Response:
    judging.explain_loss(db.session(), lead_id, _chosen("reason"), actor=actor())
    return _saved(lead_id)


@blueprint.post("/leads/<uuid:lead_id>/tags")
def put_tag(lead_id: UUID) -> Response:
    try:
        tags.put(db.session(), lead_id, request.form.get("name", ""), actor=actor())
    except InvalidInputError as error:
        db.session.rollback()
        panels.keep_typed("tags", {"name": request.form.get("name", ""), "error": error.sentence})
        return again(lead_id)
    return _saved(lead_id)


@blueprint.post("/leads/<uuid:lead_id>/tags/<uuid:tag_id>/removals")
def take_tag_off(lead_id: UUID, tag_id: UUID) -> Response:
    tags.take_off(db.session(), lead_id, tag_id, actor=actor())
    return _saved(lead_id)


@blueprint.post("/leads/<uuid:lead_id>/tasks")
def plan_task(lead_id: UUID) -> Response:
    form = TaskForm()
    if not form.validate():
        panels.keep_typed("tasks", form)
        return again(lead_id)
    tasks.plan(
        db.session(),
        lead_id,
        title=form.title.data,
        due_at=form.due_at(current_user.time_zone),
        assignee_id=_chosen("assignee"),
        actor=actor(),
    )
    return _saved(lead_id)


@blueprint.post("/tasks/<uuid:task_id>/completions")
def finish_task(task_id: UUID) -> Response:
    task = tasks.finish(db.session(), task_id, actor=actor())
    return _saved(task.lead_id)


@blueprint.post("/tasks/<uuid:task_id>/reopenings")
def reopen_task(task_id: UUID) -> Response:
    task = tasks.reopen(db.session(), task_id, actor=actor())
    return _saved(task.lead_id)


@blueprint.get("/settings/lost-reasons")
@allow("owner", "admin")
def show_lost_reasons() -> str:
    return _lost_reasons()


@blueprint.post("/settings/lost-reasons")
@allow("owner", "admin")
def add_lost_reason() -> Response:
    name = request.form.get("name", "")
    try:
        reason = lost_reasons.add(db.session(), name)
    except LeaderError as error:
        db.session.rollback()
        return make_response(_lost_reasons(name, error.sentence), 422)
    db.session.commit()
    flash(_("“%(name)s” can be chosen from now on.", name=reason.name), "success")
    return redirect(url_for("follow_up.show_lost_reasons"), code=303)


@blueprint.post("/settings/lost-reasons/<uuid:reason_id>/retirements")
@allow("owner", "admin")
def retire_lost_reason(reason_id: UUID) -> Response:
    reason = lost_reasons.retire(db.session(), reason_id)
    db.session.commit()
    flash(_("“%(name)s” is no longer offered. Leads that have it keep it.", name=reason.name), "success")
    return redirect(url_for("follow_up.show_lost_reasons"), code=303)


def _lost_reasons(name: str = "", error: str = "") -> str:
    reasons = queries.lost_reasons(db.session())
    return render_template("follow_up/lost_reasons.html", reasons=reasons, name=name, error=error)


def _chosen(name: str) -> UUID | None:
    """What a select sent. Raises NotFoundError for what none of its choices would send."""
    try:
        return chosen_id(request.form.get(name, ""))
    except ValueError:
        raise NotFoundError(_("There is no such choice any more. Reload the page and try again.")) from None


def _saved(lead_id: UUID) -> Response:
    """Keep the change and go back to the page it was made on: HTMX follows and gets the lead's part of it. Whoever has
    given the lead out of their own sight goes back to the table."""
    db.session.commit()
    if current_user.sees_own_only and not queries.is_there(db.session(), lead_id):
        return go_to(url_for("leads.index"))
    came_from = path_of(request.referrer) or ""
    is_today = came_from.split("?")[0] == url_for("follow_up.show_today")
    return redirect(came_from if is_today else url_for("leads.show", lead_id=lead_id), code=303)
