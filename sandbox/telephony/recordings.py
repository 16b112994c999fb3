"""Recordings of practice calls: generated sound, handed over and deleted as Twilio does it, for the auth token."""

import array
import base64
import hmac
import io
import math
import re
import secrets
import wave

from sandbox.web import Request, Response, Routes, json_response

ACCOUNT = "AC" + "0" * 32
_PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Recordings/"
_SID = re.compile(r"(RE[0-9a-f]{32})\.(wav|json)")
_RATE, SECONDS = 8_000, 6


class Recordings:
    """Lives as long as the practice: a recording that it does not know any more is gone, as after its deletion."""

    def __init__(self) -> None:
        self._tokens: dict[str, str] = {}

    def make(self, token: str) -> str:
        """A new recording; its id."""
        sid = "RE" + secrets.token_hex(16)
        self._tokens[sid] = token
        return sid

    def get(self, sid: str) -> str | None:
        """The auth token that opens it; none for one that is gone."""
        return self._tokens.get(sid)

    def url(self, port: str, sid: str) -> str:
        return f"http://127.0.0.1:{port}{_PATH}{sid}"

    def routes(self) -> Routes:
        return {("GET", f"{_PATH}*"): self._hand_over, ("DELETE", f"{_PATH}*"): self._delete}

    def _hand_over(self, request: Request) -> Response:
        sid = self._known(request, "wav")
        return sid if isinstance(sid, Response) else Response(sound(sid), 200, "audio/x-wav")

    def _delete(self, request: Request) -> Response:
        sid = self._known(request, "json")
        if isinstance(sid, Response):
            return sid
        del self._tokens[sid]
        return Response(b"", 204)

    def _known(self, request: Request, ending: str) -> str | Response:
        """The recording's id, or Twilio's refusal."""
        found = _SID.fullmatch(request.path.removeprefix(_PATH))
        token = self.get(found[1]) if found and found[2] == ending else None
        if found is None or token is None:
            return json_response({"code": 20404, "message": "The requested resource was not found", "status": 404}, 404)
        signed_in = f"Basic {base64.b64encode(f'{ACCOUNT}:{token}'.encode()).decode()}"
        if not hmac.compare_digest(signed_in, request.headers.get("Authorization") or ""):
            return json_response({"code": 20003, "message": "Authenticate", "status": 401}, 401)
        return found[1]


def sound(sid: str) -> bytes:
    """A WAV of a few seconds that rises and falls like talk, another one for each id."""
    pitch = 120 + int(sid[2:4], 16)
    samples = array.array("h")
    for n in range(_RATE * SECONDS):
        at = n / _RATE
        loudness = max(0.0, math.sin(at * 5.5) * math.sin(at * 1.3))
        samples.append(int(20_000 * loudness * math.sin(2 * math.pi * pitch * (1 + at % 2) * at)))
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(samples.tobytes())
    return target.getvalue()
