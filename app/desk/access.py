"""Who may come to the desk: the staff, by the desk's own cookie. The product's sign-in counts for nothing here."""

import uuid
from dataclasses import dataclass

from flask import abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from app.core.db import db
from app.core.ids import secret_hash
from app.core.services import services
from app.desk import cookies, gates

SIGN_IN = "desk.sign_in"


@dataclass(frozen=True)
class AtDesk:
    """The person of this request."""

    id: uuid.UUID
    name: str
    token_hash: bytes
    """With which each of the desk's gates is asked."""


def guard() -> Response | None:
    """Deny by default: everything of the desk but its sign-in page."""
    g.at_desk = _person()
    if g.at_desk is None and request.endpoint != SIGN_IN:
        return redirect(url_for(SIGN_IN), code=303)
    return None


def person() -> AtDesk:
    """Who is at the desk."""
    found = g.get("at_desk")
    if not isinstance(found, AtDesk):
        abort(403)
    return found


def _person() -> AtDesk | None:
    token = cookies.read(request, services().settings)
    found = gates.staff_of(db.session(), secret_hash(token)) if token else None
    return AtDesk(*found, secret_hash(token)) if found and token else None
