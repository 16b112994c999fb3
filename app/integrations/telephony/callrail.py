"""CallRail: post-call and call-modified messages, signed with the company's signing key.

The header `Signature` is Base64(HMAC-SHA1(signing key, raw body)). No field can be relied on but `id`.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from app.core.errors import InvalidInputError
from app.integrations.telephony import reading
from app.integrations.telephony.news import CallNews, Hook, RecordingNews

_UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")


def is_genuine(secret: str, hook: Hook) -> bool:
    """True when the holder of the signing key signed exactly these bytes."""
    given = hook.headers.get("Signature", "").encode("utf-8", "replace")
    return hmac.compare_digest(given, signature(secret, hook.body).encode())


def signature(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha1)).decode()


def read(hook: Hook) -> CallNews:
    """What the message tells of a call that is over. Raises InvalidInputError when it names none."""
    body = reading.json_object(hook.body)
    call_id = reading.line(body.get("id"))
    if not call_id:
        raise InvalidInputError("There is no call id.", reason="malformed")
    is_outbound = body.get("direction") == "outbound"
    customer = reading.line(body.get("customer_phone_number"))
    ours = reading.line(body.get("tracking_phone_number"))
    return CallNews(
        call_id,
        direction="outbound" if is_outbound else "inbound",
        caller=ours if is_outbound else customer,
        called=customer if is_outbound else ours,
        name=reading.line(body.get("customer_name")),
        is_over=True,
        is_answered=_answered(body.get("answered")),
        seconds=reading.seconds(body.get("duration")),
        at=reading.instant(body.get("start_time")) or reading.instant(body.get("created_at")),
        landing_page=reading.line(body.get("landing_page_url"), 2_000),
        referrer=reading.line(body.get("referring_url"), 2_000),
        utm=_utm(body),
        click_ids={"gclid": gclid} if (gclid := reading.line(body.get("gclid"), 500)) else {},
        recording=_recording(call_id, body),
    )


def _recording(call_id: str, body: Mapping[str, Any]) -> RecordingNews | None:
    """A call has one recording at most, which bears the call's id. Both it and its transcript may come late."""
    url, transcript = reading.line(body.get("recording"), 2_000), reading.paragraphs(body.get("transcription"))
    if not url and not transcript:
        return None
    seconds = reading.seconds(body.get("recording_duration"))
    return RecordingNews(call_id, url=url, seconds=seconds, transcript=transcript)


def _answered(value: object) -> bool | None:
    """A truth value, which some versions send as a word."""
    return {"true": True, "false": False}.get(str(value).lower())


def _utm(body: Mapping[str, Any]) -> dict[str, str]:
    """The UTM values; where there are none, what CallRail made of the visit."""
    found = {name: said for name in _UTM if (said := reading.line(body.get(name), 255))}
    if found:
        return found
    named = {"utm_source": "source", "utm_medium": "medium", "utm_campaign": "campaign", "utm_term": "keywords"}
    return {name: said for name, field in named.items() if (said := reading.line(body.get(field), 255))}
