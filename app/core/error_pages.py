"""Every error as a page or a partial with a plain sentence, never a stack trace."""

import structlog
from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from app.core.errors import GoneError, InvalidInputError, LeaderError, NotFoundError, RetryableError
from app.core.ids import new_id
from app.core.words import gettext as _
from app.core.words import lazy_gettext, ngettext

log = structlog.get_logger()

_SENTENCES = {
    400: (
        lazy_gettext("That did not arrive whole"),
        lazy_gettext("Something in the request could not be read. Go back and try again."),
    ),
    401: (lazy_gettext("Please sign in"), lazy_gettext("Your session has ended. Sign in and carry on.")),
    403: (
        lazy_gettext("Not allowed"),
        lazy_gettext("Your role does not include this. Ask the owner of your company's account."),
    ),
    404: (lazy_gettext("Not found"), lazy_gettext("There is nothing at this address, or it is not yours to see.")),
    405: (lazy_gettext("Not like this"), lazy_gettext("This address does not take that kind of request.")),
    410: (lazy_gettext("No longer here"), lazy_gettext("This was removed.")),
    413: (lazy_gettext("Too large"), lazy_gettext("What was sent is larger than we accept.")),
    415: (lazy_gettext("Wrong kind of content"), lazy_gettext("Send JSON or an ordinary form.")),
    422: (lazy_gettext("Please check what you entered"), lazy_gettext("Something in the form needs another look.")),
    429: (lazy_gettext("Too many tries"), lazy_gettext("Wait a minute, then try again.")),
    500: (lazy_gettext("Something went wrong on our side"), lazy_gettext("It has been noted. Try again in a moment.")),
    503: (lazy_gettext("Leader is catching its breath"), lazy_gettext("Nothing was lost. Try again in a minute.")),
}


def install(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(
        CSRFError, lambda error: answer(400, _("This form has expired. Reload the page and try again."))
    )
    app.register_error_handler(RateLimitExceeded, _limited)
    app.register_error_handler(LeaderError, _leader)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(Exception, _unexpected)


def answer(status: int, sentence: str = "", *, reference: str = "") -> Response:
    """The error in the form the client understands: JSON for JSON, otherwise a page."""
    title, default = _SENTENCES.get(status, _SENTENCES[500 if status >= 500 else 400])
    title, sentence = str(title), sentence or str(default)
    if request.accept_mimetypes.best == "application/json" or request.is_json:
        return make_response(jsonify(error=sentence), status)
    page = render_template("errors/error.html", code=status, title=title, message=sentence, reference=reference)
    return make_response(page, status)


def _http(error: HTTPException) -> Response:
    if isinstance(error, SecurityError):  # the Host header is not ours, so no page can name its own addresses
        return make_response("Leader is not at this address.\n", 400, {"Content-Type": "text/plain"})
    response = answer(error.code or 500)
    if error.code in (301, 302, 303, 307, 308):
        return make_response(error.get_response())
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


def _limited(error: RateLimitExceeded) -> Response:
    """Says the longest wait; the limiter itself adds the exact one as Retry-After."""
    seconds = error.limit.limit.get_expiry() if error.limit else 60
    if seconds >= 3600:
        return answer(429, _("Wait an hour, then try again."))
    minutes = max(1, seconds // 60)
    return answer(429, ngettext("Wait a minute, then try again.", "Wait %(num)s minutes, then try again.", minutes))


def _leader(error: LeaderError) -> Response:
    if isinstance(error, NotFoundError):
        return answer(404, error.sentence)
    if isinstance(error, GoneError):
        return answer(410, error.sentence)
    if isinstance(error, InvalidInputError):
        return answer(422, error.sentence)
    if isinstance(error, RetryableError):
        response = answer(503, error.sentence)
        response.headers["Retry-After"] = "30"
        return response
    return answer(409, error.sentence)


def _database(error: OperationalError) -> Response:
    log.error("database_unavailable", error=type(error.orig).__name__)
    response = answer(503)
    response.headers["Retry-After"] = "30"
    return response


def _unexpected(error: Exception) -> Response:
    reference = new_id().hex[-12:]
    log.error("unexpected_error", reference=reference, path=request.path, exc_info=error)
    return answer(500, reference=reference)
