"""Placing a practice call: the status callbacks of one call, signed as Twilio signs its requests."""

import base64
import hashlib
import hmac
import secrets
import urllib.error
import urllib.request
from collections.abc import Sequence
from email.utils import formatdate
from urllib.parse import urlencode

from sandbox.telephony.recordings import ACCOUNT, SECONDS

CALLS = {
    "ring": ("ringing",),
    "answered": ("ringing", "in-progress", "completed"),
    "recorded": ("ringing", "in-progress", "completed"),
    "missed": ("ringing", "no-answer"),
}
"""What each kind of call tells, one message after the other."""

_SECONDS = "74"
_TIMEOUT = 10


def signature(token: str, url: str, fields: Sequence[tuple[str, str]]) -> str:
    """The value of X-Twilio-Signature."""
    text = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), hashlib.sha1)).decode()


def new_call() -> str:
    """The id of a call that is about to be placed."""
    return "CA" + secrets.token_hex(16)


def tell_of_recording(call_id: str, sid: str, *, url: str, token: str, recording_url: str) -> int:
    """The recording callback, which Twilio sends once the recording can be fetched; the status of the answer."""
    said = {
        "AccountSid": ACCOUNT,
        "CallSid": call_id,
        "RecordingChannels": "1",
        "RecordingDuration": str(SECONDS),
        "RecordingSid": sid,
        "RecordingSource": "DialVerb",
        "RecordingStatus": "completed",
        "RecordingUrl": recording_url,
    }
    return _tell(url, token, list(said.items()))


def place(kind: str, *, call_id: str, url: str, token: str, caller: str, called: str) -> list[int]:
    """Send the messages of one call to the address; the status of each answer, 0 where there was none."""
    return [
        _tell(url, token, _fields(call_id, status, number, caller, called)) for number, status in enumerate(CALLS[kind])
    ]


def _fields(call_id: str, status: str, number: int, caller: str, called: str) -> list[tuple[str, str]]:
    said = {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "CallSid": call_id,
        "CallStatus": status,
        "CallbackSource": "call-progress-events",
        "Direction": "inbound",
        "From": caller,
        "SequenceNumber": str(number),
        "Timestamp": formatdate(),
        "To": called,
    }
    if status == "completed":
        said["CallDuration"] = _SECONDS
    return list(said.items())


def _tell(url: str, token: str, fields: Sequence[tuple[str, str]]) -> int:
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature(token, url, fields),
    }
    request = urllib.request.Request(url, urlencode(fields).encode(), headers)  # noqa: S310 - Leader's own address
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
