"""The bell and its list, each member's wishes, and the links that end mail."""

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import func, update
from werkzeug.wrappers import Response

from app.auth.access import allow, own_affair, public
from app.core import tenancy
from app.core.db import db
from app.core.pagination import Position
from app.core.security import csrf
from app.core.words import gettext as _
from app.mailing import queries as mailing
from app.notifications import choices, gates, queries
from app.notifications.kinds import BY_KEY, DIGESTS, KINDS
from app.notifications.models import Notification
from app.notifications.sentences import sentence

blueprint = Blueprint("notifications", __name__)


@blueprint.get("/notifications")
def index() -> str:
    rows, older = queries.page(db.session(), current_user.id, Position.parse(request.args.get("after", "")))
    return render_template(
        "notifications/index.html",
        notes=[(row, sentence(row)) for row in rows],
        older=url_for("notifications.index", after=older.token()) if older else None,
        time_zone=current_user.time_zone,
    )


@blueprint.get("/notifications/count")
def count() -> str:
    """Asked every half minute by a page that somebody looks at (app.js lets a hidden one rest): one look into a small
    index, which costs less than a line that is kept open for each browser."""
    return render_template("notifications/_count.html", unread=queries.unread(db.session(), current_user.id))


@blueprint.post("/notifications/<uuid:note_id>/readings")
@own_affair
def read(note_id: uuid.UUID) -> Response:
    note = db.session().get(Notification, (current_user.company_id, note_id))
    if note is None or note.user_id != current_user.id:
        abort(404)
    note.read_at = note.read_at or func.now()
    lead_id = note.lead_id
    db.session.commit()
    return redirect(url_for("leads.show", lead_id=lead_id) if lead_id else url_for("connections.index"), code=303)


@blueprint.post("/notifications/readings")
@own_affair
def read_all() -> Response:
    mine = (Notification.user_id == current_user.id, Notification.read_at.is_(None))
    db.session().execute(update(Notification).where(*mine).values(read_at=func.now()))
    db.session.commit()
    flash(_("Everything is marked as read."), "success")
    return redirect(url_for("notifications.index"), code=303)


@blueprint.get("/settings/notifications")
def show_choices() -> str:
    choice = choices.of(db.session(), current_user.id)
    return render_template("notifications/choices.html", kinds=KINDS, digests=DIGESTS, choice=choice)


@blueprint.post("/settings/notifications")
@own_affair
def save_choices() -> Response:
    given = {"mail": set(request.form.getlist("mail")), "bell": set(request.form.getlist("bell"))}
    choices.save(db.session(), current_user.id, **given, digest=request.form.get("digest", ""))
    db.session.commit()
    flash(_("Your choice is saved."), "success")
    return redirect(url_for("notifications.show_choices"), code=303)


@blueprint.get("/settings/mail")
@allow("owner", "admin")
def show_mail() -> str:
    mails = mailing.newest(db.session())
    return render_template("notifications/mail.html", mails=mails, time_zone=current_user.time_zone)


@blueprint.get("/unsubscribe/<key>/<kind>")
@public
def show_unsubscribe(key: str, kind: str) -> str:
    _subscriber(key, kind)
    return render_template("notifications/unsubscribe.html", key=key, kind=kind)


@blueprint.post("/unsubscribe/<key>/<kind>")
@public
@csrf.exempt  # type: ignore[untyped-decorator] # mail programs post here (RFC 8058); the key is the proof
def unsubscribe(key: str, kind: str) -> str:
    subscriber = _subscriber(key, kind)
    tenancy.serve(db.session(), subscriber.company_id)
    choices.unsubscribe(db.session(), subscriber.user_id, kind)
    db.session.commit()
    return render_template("notifications/unsubscribe.html", is_done=True)


def _subscriber(key: str, kind: str) -> gates.Subscriber:
    found = gates.find_subscriber(db.session(), key) if kind in BY_KEY or kind == "digest" else None
    if found is None:
        abort(404)
    return found
