"""Listening to recordings, deleting them, and their settings."""

from collections.abc import Callable
from functools import partial
from typing import IO, cast
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response
from werkzeug.wsgi import wrap_file

from app.auth.access import actor, allow
from app.calls import numbers, providers
from app.calls.recordings import deleting, keeping, listening, queries, showing
from app.calls.recordings.queries import Recorded
from app.companies.vault import open_vault
from app.core.db import db
from app.core.errors import InvalidInputError
from app.core.services import services
from app.core.words import gettext as _
from app.integrations.storage import storage_of

blueprint = Blueprint("recordings", __name__)
blueprint.record_once(lambda state: showing.install(state.app.jinja_env.globals))

_PIECE = 1 << 16


@blueprint.get("/recordings/<uuid:recording_id>/sound")
def play(recording_id: UUID) -> Response:
    """The sound, or the part of it that the player asks for."""
    session = db.session()
    found = queries.find(session, recording_id)
    if not _may_listen(found):
        abort(403)
    file = listening.open_file(found, open_vault(session, services().key_ring), storage_of(services().settings))
    if request.method == "GET":
        listening.note(session, found, actor())
    size, kind, mark = found.row.size, found.row.media_type, str(found.row.claim)
    session.commit()
    sound = wrap_file(request.environ, cast("IO[bytes]", file.open(size)), _PIECE)
    response = Response(sound, mimetype=kind, direct_passthrough=True)
    response.content_length = size
    response.set_etag(f"{recording_id}-{mark}")
    return response.make_conditional(request, accept_ranges=True, complete_length=size)


@blueprint.post("/recordings/<uuid:recording_id>/deletions")
@allow("owner", "admin")
def delete(recording_id: UUID) -> Response:
    call_id = queries.find(db.session(), recording_id).row.call_id
    deleting.delete(db.session(), recording_id, reason="asked", actor=actor())
    db.session.commit()
    flash(_("Deleted. Leader asks your provider to delete its copy too."), "success")
    return redirect(url_for("calls.show", call_id=call_id), code=303)


@blueprint.post("/settings/calls/recordings")
@allow("owner")
def switch() -> Response:
    """Refusals are told on the page that the form stands on."""
    is_on, everybody = request.form.get("is_on") == "y", request.form.get("everybody_listens") == "y"
    done = _("Saved. New calls are recorded where callers are told of it.") if is_on else _("Recordings are off.")
    change = partial(providers.switch_recordings, is_on=is_on, everybody_listens=everybody, actor=actor())
    return _settled(lambda: change(db.session()), done)


@blueprint.post("/settings/calls/recordings/days")
@allow("owner")
def change_days() -> Response:
    days = request.form.get("days", "")
    chosen = int(days) if days.isascii() and days.isdigit() and len(days) < 5 else 0
    return _settled(lambda: keeping.change(db.session(), chosen, actor=actor()), _("Saved."))


@blueprint.post("/settings/calls/recordings/days/undo")
@allow("owner")
def undo_days() -> Response:
    return _settled(
        lambda: keeping.undo(db.session(), actor=actor()), _("Undone. Recordings are kept as long as before.")
    )


@blueprint.post("/settings/calls/numbers/<uuid:number_id>/announcement")
@allow("owner")
def state_announcement(number_id: UUID) -> Response:
    is_played = request.form.get("is_played") == "y"
    numbers.state_announcement(db.session(), number_id, is_played=is_played, actor=actor())
    db.session.commit()
    flash(_("Saved. It counts for calls from now on."), "success")
    return redirect(url_for("calls.show_settings") + "#numbers", code=303)


def _settled(change: Callable[[], object], done: str) -> Response:
    """Make the change and say so, or say why not."""
    try:
        change()
    except InvalidInputError as error:
        db.session.rollback()
        flash(error.sentence, "error")
    else:
        db.session.commit()
        flash(done, "success")
    return redirect(url_for("calls.show_settings") + "#recordings", code=303)


def _may_listen(found: Recorded) -> bool:
    recordings = showing.of_calls(db.session(), [], found.lead_id)
    return recordings.may_listen(current_user.role, current_user.id)
