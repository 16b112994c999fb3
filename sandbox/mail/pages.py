"""Pages to read the caught mail, and the same as JSON for tests. Mail is untrusted: its HTML is shown in a frame in
which nothing runs, nothing is loaded, and links open apart."""

from dataclasses import asdict

from sandbox.mail.catcher import REFUSALS
from sandbox.mail.letters import Letters
from sandbox.pages import page
from sandbox.web import HTML, BadRequestError, Request, Response, Routes, json_response, redirect

_FRAME_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
_NEW_TAB = '<base target="_blank">'


class MailPages:
    def __init__(self, letters: Letters) -> None:
        self._letters = letters

    def routes(self) -> Routes:
        return {
            ("GET", "/mail"): self._list,
            ("GET", "/mail/letter"): self._show,
            ("GET", "/mail/html"): self._html,
            ("POST", "/mail/forget"): self._forget,
            ("GET", "/practice/api/mails"): self._json,
        }

    def _list(self, _request: Request) -> Response:
        return page("mail/index.html", {"letters": self._letters.all(), "refusals": REFUSALS})

    def _show(self, request: Request) -> Response:
        letter = self._letters.one(request.query.get("id", ""))
        if letter is None:
            raise BadRequestError("There is no such mail any more.")
        return page("mail/letter.html", {"letter": letter})

    def _html(self, request: Request) -> Response:
        letter = self._letters.one(request.query.get("id", ""))
        if letter is None:
            raise BadRequestError("There is no such mail any more.")
        headers = {"Content-Security-Policy": _FRAME_POLICY, "Referrer-Policy": "no-referrer"}
        return Response((_NEW_TAB + letter.html).encode(), 200, HTML, headers)

    def _forget(self, _request: Request) -> Response:
        self._letters.forget()
        return redirect("/mail", 303)

    def _json(self, request: Request) -> Response:
        letters = self._letters.all(request.query.get("to", ""))
        return json_response({"mails": [{**asdict(letter), "links": letter.links} for letter in letters]})
