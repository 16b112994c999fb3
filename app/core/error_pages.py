"""Every error as a page or a partial with a plain sentence, never a stack trace."""

import structlog
from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from app.core.errors import GoneError, InvalidInputError, LeaderError, NotFoundError, RetryableError
from app.core.ids import new_id

log = structlog.get_logger()

_SENTENCES = {
    400: ("That did not arrive whole", "Something in the request could not be read. Go back and try again."),
    401: ("Please sign in", "Your session has ended. Sign in and carry on."),
    403: ("Not allowed", "Your role does not include this. Ask the owner of your company's account."),
    404: ("Not found", "There is nothing at this address, or it is not yours to see."),
    405: ("Not like this", "This address does not take that kind of request."),
    410: ("No longer here", "This was removed."),
    413: ("Too large", "What was sent is larger than we accept."),
    415: ("Wrong kind of content", "Send JSON or an ordinary form."),
    422: ("Please check what you entered", "Something in the form needs another look."),
    429: ("Too many tries", "Wait a minute, then try again."),
    500: ("Something went wrong on our side", "It has been noted. Try again in a moment."),
    503: ("Leader is catching its breath", "Nothing was lost. Try again in a minute."),
}


def install(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(
        CSRFError, lambda error: answer(400, "This form has expired. Reload the page and try again.")
    )
    app.register_error_handler(RateLimitExceeded, _limited)
    app.register_error_handler(LeaderError, _leader)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(Exception, _unexpected)


def answer(status: int, sentence: str = "", *, reference: str = "") -> Response:
    """The error in the form the client understands: JSON for JSON, otherwise a page."""
    title, default = _SENTENCES.get(status, _SENTENCES[500 if status >= 500 else 400])
    sentence = sentence or default
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
    wait = "a minute" if seconds <= 60 else "an hour" if seconds >= 3600 else f"{seconds // 60} minutes"
    return answer(429, f"Wait {wait}, then try again.")


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
