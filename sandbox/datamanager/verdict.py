"""What becomes of an accepted event: counted, or refused for a reason that the status tells later."""

import re
import time
from typing import Any

from sandbox.datamanager import magic
from sandbox.datamanager.identifiers import hashes
from sandbox.datamanager.validation import click_ids
from sandbox.people import CLICKER_HASHES, ONE_PER_CLICK, ConversionAction

CONSENT_DENIED = 2
MAX_AGE_SECONDS = 90 * 86_400
# How real click ids look. A cut, lower-cased or otherwise damaged one no longer does.
SHAPES = {
    "gclid": re.compile(r"(?:Cj[0wg]K|EAIaIQ)[\w-]{16,}", re.ASCII),
    "gbraid": re.compile(r"0AAAA[\w-]{15,}", re.ASCII),
    "wbraid": re.compile(r"C[j-p][\w-]{18,}", re.ASCII),
}


def reason(event: Any, request: Any, action: ConversionAction) -> str:
    """Full name of the processing reason that refuses the event; empty when it counts.

    A magic click id decides alone. Otherwise, in this order: consent, age, kind and shape of the click id,
    and for events without one whether the person is known to have clicked.
    """
    kind, click_id = next(click_ids(event), ("", ""))
    wanted = magic.read(click_id)
    if wanted and wanted.kind == magic.PROCESSING:
        return wanted.name
    if wanted and wanted.kind == magic.SPECIAL:
        return ""
    name = _short_reason(event, request, action, kind, click_id)
    return magic.PROCESSING_REASONS[name] if name else ""


def _short_reason(event: Any, request: Any, action: ConversionAction, kind: str, click_id: str) -> str:
    consent = event.consent if event.HasField("consent") else request.consent
    if consent.ad_user_data == CONSENT_DENIED:
        return "DENIED_CONSENT"
    if event.event_timestamp.seconds < time.time() - MAX_AGE_SECONDS:
        return "EVENT_TOO_OLD"
    if kind in ("gbraid", "wbraid") and action.counting_type == ONE_PER_CLICK:
        return "ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID"
    if kind:
        return "" if SHAPES[kind].fullmatch(click_id) else f"INVALID_{kind.upper()}"
    known = CLICKER_HASHES.intersection(hashes(event, request.encoding))
    return "" if known else "CLICK_NOT_FOUND"
