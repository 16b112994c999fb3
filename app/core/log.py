"""Logs: one JSON line for each event, UTC, with line breaks escaped and secrets kept out."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET_WORDS = (
    "password",
    "token",
    "secret",
    "authorization",
    "cookie",
    "code_verifier",
    "email",
    "phone",
    "gclid",
)
_TALKATIVE = (
    "google.ads.googleads.client",
    "google.auth",
    "oauthlib",
    "requests_oauthlib",
    "rq.worker",
    "urllib3",
    "werkzeug",
)


def configure(level: str) -> None:
    """Set up the logging. Client libraries stay at WARNING: their DEBUG prints requests and tokens."""
    logging.basicConfig(level=level, stream=sys.stderr, format="%(message)s", force=True)
    for noisy in _TALKATIVE:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _redact,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _redact(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in entry:
        if any(word in name.lower() for word in _SECRET_WORDS):
            entry[name] = "[kept out]"
    return entry
