"""The page with the practice telephone. It calls nobody but the Leader that this practice belongs to."""

import re

from sandbox.pages import page
from sandbox.telephony import provider
from sandbox.telephony.recordings import Recordings
from sandbox.web import BadRequestError, Request, Response, Routes

_FIRST = {"address": "", "token": "practice-auth-token", "caller": "+447700900123", "called": "+442079460018"}
_WORDS = {
    0: "Leader did not answer",
    204: "taken",
    403: "refused: the auth token is not the one in Leader",
    404: "refused: calls are off, or the address is not complete",
}
_PATH = re.compile(r"(/hooks/calls/[0-9a-f]{32}/twilio)")
_LONGEST = 200


class TelephonyPages:
    def __init__(self, leader_url: str, recordings: Recordings) -> None:
        self._leader_url, self._recordings = leader_url, recordings

    def routes(self) -> Routes:
        own: Routes = {("GET", "/calls"): self._show, ("POST", "/calls"): self._place}
        return own | self._recordings.routes()

    def _show(self, _request: Request) -> Response:
        return self._page(_FIRST, "")

    def _place(self, request: Request) -> Response:
        given = dict(request.form())
        typed = {name: given.get(name, "").strip()[:_LONGEST] for name in _FIRST}
        path, kind = _PATH.search(typed["address"]), given.get("kind", "")
        if kind not in provider.CALLS:
            raise BadRequestError("There is no such call.")
        if path is None:
            return self._page(typed, "Paste the whole address for Twilio from Leader’s settings, under Calls.")
        call_id, url, token = provider.new_call(), self._leader_url + path[1], typed["token"]
        numbers = {"caller": typed["caller"], "called": typed["called"]}
        answers = provider.place(kind, call_id=call_id, url=url, token=token, **numbers)
        told = [*zip(provider.CALLS[kind], answers, strict=True)]
        if kind == "recorded":
            is_announced = given.get("announced") == "y"
            told.append(("recording", self._record(request, call_id, url + "?announced=1" * is_announced, token)))
        said = ", ".join(f"{status}: {_WORDS.get(answer, f'answer {answer}')}" for status, answer in told)
        return self._page(typed, said)

    def _record(self, request: Request, call_id: str, url: str, token: str) -> int:
        sid, port = self._recordings.make(token), str(request.headers.get("Host")).rpartition(":")[2]
        where = self._recordings.url(port, sid)
        return provider.tell_of_recording(call_id, sid, url=url, token=token, recording_url=where)

    def _page(self, typed: dict[str, str], said: str) -> Response:
        return page("telephony/index.html", {"typed": typed, "said": said, "leader_url": self._leader_url})
