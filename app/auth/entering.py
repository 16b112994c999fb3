"""Going on as somebody: the answer that gives a browser its session."""

import uuid

from flask import redirect, request, url_for
from flask import session as form_cookie
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.auth import cookies, devices, gates, sessions, sign_in
from app.core.services import services


def arrive(session: Session, user_id: uuid.UUID, next_page: str | None) -> tuple[str, str]:
    """The sign-in is whole. The token of a new session, and where to go on; the caller commits."""
    browser = sessions.Browser(request.headers.get("User-Agent", ""), request.remote_addr or "")
    sign_in.note(session, user_id)
    if not devices.is_known(request, user_id, services().settings):
        devices.record_new(session, user_id, browser)
    token = sessions.start(session, user_id, browser)
    if gates.has_other_companies(session, user_id):
        return token, url_for("team.choose_company", next=next_page)
    return token, next_page or url_for("leads.index")


def enter(token: str, user_id: uuid.UUID, address: str) -> Response:
    """Keep the token of a session that was committed, and go on to the address.

    Flask's own cookie begins anew, so that no CSRF token from before is good afterwards.
    """
    settings = services().settings
    form_cookie.clear()
    response = redirect(address, code=303)
    cookies.keep(response, token, settings)
    devices.remember(request, response, user_id, settings)
    return response
