"""Any other telephone system: JSON with the company's secret as a bearer token.

Fields: `id` (required, the same for every message about one call), `from`, `to`, `direction` ("inbound", the default,
or "outbound"), `status` ("ringing", "answered", "missed" or "completed"), `seconds`, `started_at`, `name`,
`landing_page`, `referrer`, `test`.
"""

import hmac

from app.core.errors import InvalidInputError
from app.integrations.telephony import reading
from app.integrations.telephony.news import CallNews, Hook

_ANSWERED = {"answered": True, "completed": True, "missed": False}
_OVER = ("missed", "completed")
_STATES = ("", "ringing", *_ANSWERED)


def is_genuine(secret: str, hook: Hook) -> bool:
    """True when the message carries the secret."""
    given = hook.headers.get("Authorization", "").encode("utf-8", "replace")
    return hmac.compare_digest(given, f"Bearer {secret}".encode())


def read(hook: Hook) -> CallNews:
    """What the message tells. Raises InvalidInputError, which says what is wrong with it."""
    body = reading.json_object(hook.body)
    call_id, status = reading.line(body.get("id")), reading.line(body.get("status"))
    direction = reading.line(body.get("direction")) or "inbound"
    if not call_id:
        raise InvalidInputError("“id” must be text that is the same for every message about this call.")
    if status not in _STATES:
        raise InvalidInputError("“status” must be ringing, answered, missed or completed.")
    if direction not in ("inbound", "outbound"):
        raise InvalidInputError("“direction” must be inbound or outbound.")
    return CallNews(
        call_id,
        direction=direction,
        caller=reading.line(body.get("from")),
        called=reading.line(body.get("to")),
        name=reading.line(body.get("name")),
        is_over=status in _OVER,
        is_answered=_ANSWERED.get(status),
        seconds=reading.seconds(body.get("seconds")),
        at=reading.instant(body.get("started_at")),
        landing_page=reading.line(body.get("landing_page"), 2_000),
        referrer=reading.line(body.get("referrer"), 2_000),
        is_test=body.get("test") is True,
    )
