"""A light client: one kept connection, and each answer checked for its status."""

import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode


class UnexpectedAnswerError(Exception):
    """A server did not do what is measured, so there is no figure."""


@dataclass(frozen=True)
class Request:
    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    status: int = 200


class Visitor:
    """A browser's minimum. Cookies are the caller's matter."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(self, request: Request) -> bytes:
        """The body of the answer. Raises UnexpectedAnswerError for another status than expected."""
        return self._send(request)[1]

    def leave(self) -> None:
        self._connection.close()

    def sign_up(self, email: str, password: str) -> str:
        """Found a company through the sign-up form, as people do; the value of the Cookie header then."""
        answer, page = self._send(Request("/sign-up"))
        cookies = _cookies(answer)
        token = re.search(rb'name="csrf_token"[^>]* value="([^"]+)"', page)
        if token is None:
            raise UnexpectedAnswerError("the sign-up page has no form")
        fields = {
            "csrf_token": unescape(token[1].decode()),
            "name": "Ada Benchmark",
            "email": email,
            "company": "Benchmark Roofing",
            "job_title": "Owner",
            "password": password,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": _header(cookies)}
        form = Request("/sign-up", "POST", headers, urlencode(fields).encode(), status=303)
        answer, _ = self._send(form)
        cookies |= _cookies(answer)
        answer, _ = self._send(Request(answer.headers["Location"], headers={"Cookie": _header(cookies)}))
        return _header(cookies | _cookies(answer))

    def _send(self, request: Request) -> tuple[http.client.HTTPResponse, bytes]:
        self._connection.request(request.method, request.path, request.body, dict(request.headers))
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != request.status:
            words = f"{request.method} {request.path}: {answer.status} instead of {request.status}"
            raise UnexpectedAnswerError(f"{words}\n{body[:500].decode(errors='replace')}")
        return answer, body


def _cookies(answer: http.client.HTTPResponse) -> dict[str, str]:
    lines = answer.headers.get_all("Set-Cookie") or ()
    return dict(line.partition(";")[0].split("=", 1) for line in lines)


def _header(cookies: Mapping[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
