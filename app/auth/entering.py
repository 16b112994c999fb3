"""Going on as somebody: the answer that gives a browser its session."""

import uuid

from flask import redirect, request
from flask import session as form_cookie
from werkzeug.wrappers import Response

from app.auth import cookies, devices
from app.core.services import services


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
