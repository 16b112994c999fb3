"""Requests and responses as plain values, and the table that leads from one to the other."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

MAX_FIELDS = 200
JSON, HTML = "application/json; charset=UTF-8", "text/html; charset=utf-8"


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: Any
    body: bytes

    def form(self) -> list[tuple[str, str]]:
        """Fields in the order sent. Raises BadRequestError when they are not form fields."""
        try:
            return parse_qsl(self.body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
        except ValueError as error:
            raise BadRequestError("The form could not be read.") from error

    def json(self) -> dict[str, Any]:
        """Raises BadRequestError when the body is not one JSON object."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise BadRequestError("The body is not JSON.") from error
        if not isinstance(value, dict):
            raise BadRequestError("The body is not a JSON object.")
        return value


@dataclass(frozen=True)
class Response:
    """`cut_after`: send the headers and so many bytes of the body, then drop the line (None: send all)."""

    body: bytes = b""
    status: int = 200
    type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None


class BadRequestError(Exception):
    """The sender's mistake, with a sentence for the sender."""


class NoAnswerError(Exception):
    """The line is dropped without a word, as by a host that is down."""


def json_response(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(value, indent=1).encode(), status, JSON, headers or {})


def redirect(url: str, status: int = 302) -> Response:
    return Response(b"", status, HTML, {"Location": url})


Handler = Callable[[Request], Response]
Routes = dict[tuple[str, str], Handler]


def merge(tables: Iterable[Routes]) -> Routes:
    routes: Routes = {}
    for table in tables:
        routes.update(table)
    return routes
