"""Twilio: status callbacks of voice calls and of their recordings, signed with the account's auth token.

The signature is Base64(HMAC-SHA1(auth token, address + each field's name and value, sorted)). The port may or may not
stand in the address that was signed. A message without form fields carries the SHA-256 of its body in the address.

`announced=1` in the address of a callback says that the caller was told of the recording: whoever writes the call flow
adds it where the announcement is played, and the signature covers it.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qs, parse_qsl, urlsplit, urlunsplit

from app.core.errors import InvalidInputError
from app.integrations.telephony import reading
from app.integrations.telephony.news import CallNews, Hook, RecordingNews

_MOST_FIELDS = 200
_FORM = "application/x-www-form-urlencoded"
_UNANSWERED = frozenset({"busy", "no-answer", "canceled", "failed"})
_OVER = _UNANSWERED | {"completed"}
_PORTS = {"https": 443, "http": 80}


def is_genuine(secret: str, hook: Hook) -> bool:
    """True when the holder of the auth token signed this message for this address."""
    given = hook.headers.get("X-Twilio-Signature", "").encode("utf-8", "replace")
    if _is_form(hook):
        try:
            fields = _fields(hook)
        except InvalidInputError:
            return False
    else:
        fields = []
        if not _body_fits(hook):
            return False
    matches = [hmac.compare_digest(given, signature(secret, url, fields).encode()) for url in _spellings(hook.url)]
    return any(matches)


def signature(secret: str, url: str, fields: list[tuple[str, str]]) -> str:
    """What Twilio writes into X-Twilio-Signature. Of a field that occurs twice each value counts once."""
    text = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.digest(secret.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha1)).decode()


def read(hook: Hook) -> CallNews:
    """What the message tells. Raises InvalidInputError when it is about no call."""
    fields = dict(_fields(hook))
    call_id, parent = reading.line(fields.get("CallSid")), reading.line(fields.get("ParentCallSid"))
    if not call_id:
        raise InvalidInputError("There is no CallSid.", reason="malformed")
    is_announced = parse_qs(urlsplit(hook.url).query).get("announced") == ["1"]
    status, dialled = fields.get("CallStatus", ""), fields.get("DialCallStatus", "")
    if fields.get("RecordingSid"):
        return _of_recording(call_id, fields, is_announced=is_announced)
    if parent:
        return CallNews(parent, is_leg=True, is_answered=_picked_up(status))
    return CallNews(
        call_id,
        direction="outbound" if fields.get("Direction", "").startswith("outbound") else "inbound",
        caller=reading.line(fields.get("From")),
        called=reading.line(fields.get("To")),
        name=reading.line(fields.get("CallerName")),
        is_over=status in _OVER,
        is_answered=False if status in _UNANSWERED else _picked_up(dialled),
        seconds=reading.seconds(fields.get("CallDuration")),
        at=reading.instant(fields.get("Timestamp")),
        is_announced=is_announced,
    )


def _of_recording(call_id: str, fields: Mapping[str, str], *, is_announced: bool) -> CallNews:
    """A recording callback, or the callback of its transcription. It says nothing of who called."""
    is_whole = fields.get("RecordingStatus", "completed") == "completed"
    return CallNews(
        call_id,
        is_leg=True,
        is_of_recording=True,
        at=reading.instant(fields.get("RecordingStartTime")),
        is_announced=is_announced,
        recording=RecordingNews(
            reading.line(fields.get("RecordingSid")),
            url=reading.line(fields.get("RecordingUrl"), 2_000) if is_whole else "",
            account=reading.line(fields.get("AccountSid")),
            seconds=reading.seconds(fields.get("RecordingDuration")),
            transcript=reading.paragraphs(fields.get("TranscriptionText")),
        ),
    )


def _picked_up(status: str) -> bool | None:
    """What the state of one ringing telephone says; nothing while it still rings."""
    if status in ("in-progress", "answered", "completed"):
        return True
    return False if status in _UNANSWERED else None


def _is_form(hook: Hook) -> bool:
    return hook.headers.get("Content-Type", "").partition(";")[0].strip().lower() == _FORM


def _fields(hook: Hook) -> list[tuple[str, str]]:
    """The form's fields in the order sent. Raises InvalidInputError."""
    if not _is_form(hook):
        raise InvalidInputError("Twilio's messages about calls are forms.", reason="malformed")
    try:
        return parse_qsl(hook.body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise InvalidInputError("The form could not be read.", reason="malformed") from None


def _body_fits(hook: Hook) -> bool:
    given = parse_qs(urlsplit(hook.url).query).get("bodySHA256", [""])[0]
    return hmac.compare_digest(given.encode("utf-8", "replace"), hashlib.sha256(hook.body).hexdigest().encode())


def _spellings(url: str) -> Mapping[str, None]:
    """The address as it is, with its port and without."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or _PORTS.get(parts.scheme, 443)
    forms = (url, *(urlunsplit(parts._replace(netloc=netloc)) for netloc in (host, f"{host}:{port}")))
    return dict.fromkeys(forms)
