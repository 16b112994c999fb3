"""POST /c/<site key>: leads as JSON, answered in front of Flask, since this is the address that must be fast.

Answers: 201 {"id"} for a new lead, 200 {"id"} for a sending that had arrived before, else {"error": sentence}
with 400 (no JSON object), 404 (unknown site key), 405, 410 (the company's account is closed), 413 (over 64 KB),
415, 422 (bad content), 429 or 503.

POST /c/<site key>/seen: the tag tells that it stands on a page; the body is the page's path. Answers 204, or as above.
"""

import json
import re
import time
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import Flask
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from app.capture import bodies
from app.capture.bodies import MalformedError
from app.capture.gates import Parcel
from app.capture.inbox import Inbox, TooManyError
from app.capture.pool import Pool
from app.capture.rate import RateLimit
from app.capture.sightings import Sightings
from app.core.config import Settings
from app.core.errors import GoneError, InvalidInputError, LeaderError, NotFoundError
from app.core.ids import new_id
from app.core.queue import Bell
from app.core.security import MAX_BODY_BYTES, content_security_policy
from app.leads import contact

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger()

JOB = "app.capture.jobs.take_in_waiting"
USER_AGENT_CHARACTERS = 300

_QUIET_SECONDS = 0.25
_QUIET_WHEN_DOWN_SECONDS = 5.0
_PATH = re.compile(r"/c/([^/]*)(/seen)?")
_HEADERS = [
    ("Content-Type", "application/json"),
    ("Access-Control-Allow-Origin", "*"),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", content_security_policy()),
    ("X-Content-Type-Options", "nosniff"),
]
_PREFLIGHT = [
    ("Access-Control-Allow-Methods", "POST"),
    ("Access-Control-Allow-Headers", "Content-Type"),
    ("Access-Control-Max-Age", "86400"),
]

Answer = tuple[int, dict[str, str], list[tuple[str, str]]]


def install(app: Flask, settings: Settings, bell: Bell) -> None:
    """Put the inbox into the application and the front before its views."""
    pool = Pool(settings.database_url)
    inbox = Inbox(pool, RateLimit())
    sightings = Sightings(pool, RateLimit())
    app.extensions.update(leader_inbox=inbox, leader_sightings=sightings)
    app.wsgi_app = Front(app.wsgi_app, inbox, sightings, bell, settings)  # type: ignore[method-assign]


class Front:
    """Answers /c/<site key> itself and leaves everything else to the application behind it."""

    def __init__(
        self, behind: "WSGIApplication", inbox: Inbox, sightings: Sightings, bell: Bell, settings: Settings
    ) -> None:
        self._behind = behind
        self._inbox = inbox
        self._sightings = sightings
        self._bell = bell
        self._quiet_until = 0.0
        self._headers = [*_HEADERS]
        if settings.is_https:
            self._headers.append(("Strict-Transport-Security", "max-age=63072000; includeSubDomains"))

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = _PATH.fullmatch(environ.get("PATH_INFO", ""))
        if path is None:
            return self._behind(environ, start_response)
        status, body, headers = self._answer(environ, path[1], is_sighting=bool(path[2]))
        content = json.dumps(body).encode() if body else b""
        start_response(
            f"{status} {HTTPStatus(status).phrase}",
            [*self._headers, *headers, ("Content-Length", str(len(content)))],
        )
        return [content]

    def _answer(self, environ: "WSGIEnvironment", site_key: str, *, is_sighting: bool) -> Answer:
        method = environ["REQUEST_METHOD"]
        if method == "OPTIONS":
            return 204, {}, _PREFLIGHT
        if method != "POST":
            return _refusal(405, "Send leads with POST.", ("Allow", "POST, OPTIONS"))
        try:
            return self._see(environ, site_key) if is_sighting else self._take(environ, site_key)
        except LeaderError as error:
            return _explain(error)
        except RequestEntityTooLarge:
            return _refusal(413, f"The body is larger than {MAX_BODY_BYTES // 1024} KB.")
        except HTTPException:
            return _refusal(400, "The body did not arrive whole.")
        except Exception as error:
            log.error("capture_failed", exc_info=error)
            return _refusal(500, "Something went wrong on our side. Try again in a moment.")

    def _take(self, environ: "WSGIEnvironment", site_key: str) -> Answer:
        ip_address = environ.get("REMOTE_ADDR", "")
        if environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != "application/json":
            return _refusal(415, "Send the lead as application/json.")
        self._inbox.admit(site_key, ip_address)
        raw = _read(environ)
        submission = bodies.from_json(raw)
        parcel = Parcel(
            client_event_id=submission.tracking.client_event_id or str(new_id()),
            kind="json",
            body=raw,
            ip_address=ip_address,
            user_agent=contact.one_line(environ.get("HTTP_USER_AGENT", ""))[:USER_AGENT_CHARACTERS],
        )
        kept = self._inbox.keep(site_key, parcel)
        self._ring()
        return (201 if kept.is_new else 200), {"id": str(kept.item_id)}, []

    def _see(self, environ: "WSGIEnvironment", site_key: str) -> Answer:
        page = _read(environ).decode("utf-8", "replace")
        self._sightings.note(site_key, page, environ.get("REMOTE_ADDR", ""))
        return 204, {}, []

    def _ring(self) -> None:
        """Call a worker, at most four times a second: under load one call serves many.

        A Valkey that does not answer is left alone for a while, so that it holds up one lead and not its neighbours.
        """
        now = time.monotonic()
        if now < self._quiet_until:
            return
        self._quiet_until = now + _QUIET_WHEN_DOWN_SECONDS
        if self._bell.ring("capture", JOB):
            self._quiet_until = now + _QUIET_SECONDS


def _read(environ: "WSGIEnvironment") -> bytes:
    """The whole body. One byte more than allowed tells a body at the bound from one cut off there."""
    length = environ.get("CONTENT_LENGTH", "")
    if length.isdecimal() and int(length) <= MAX_BODY_BYTES:  # as nearly always; the way below costs more
        raw: bytes = environ["wsgi.input"].read(int(length))
        if len(raw) != int(length):
            raise ClientDisconnected
        return raw
    raw = get_input_stream(environ, max_content_length=MAX_BODY_BYTES + 1).read()
    if len(raw) > MAX_BODY_BYTES:
        raise RequestEntityTooLarge
    return raw


def _explain(error: LeaderError) -> Answer:
    if isinstance(error, MalformedError):
        return _refusal(400, error.sentence)
    if isinstance(error, InvalidInputError):
        return _refusal(422, error.sentence)
    if isinstance(error, NotFoundError):
        return _refusal(404, error.sentence)
    if isinstance(error, GoneError):
        return _refusal(410, error.sentence)
    if isinstance(error, TooManyError):
        return _refusal(429, error.sentence, ("Retry-After", str(error.wait)))
    return _refusal(503, error.sentence, ("Retry-After", "30"))


def _refusal(status: int, sentence: str, *headers: tuple[str, str]) -> Answer:
    return status, {"error": sentence}, [*headers]
