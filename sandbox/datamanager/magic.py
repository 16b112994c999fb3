"""Magic click ids: `TEST_<NAME>` as a gclid, gbraid or wbraid brings the answer of that name.

Names, longest match first: every processing reason, short or in full (the verdict comes later); every
request-level error reason (the request is refused at once); and the special ones below. A name that is both
is a processing reason; its request-level twin is `TEST_FAST_<NAME>`. Anything may follow after `_`, `-`, `.`.
"""

from dataclasses import dataclass
from functools import lru_cache

from google.ads.datamanager_v1.types.error import ErrorReason
from google.ads.datamanager_v1.types.processing_errors import ProcessingErrorReason

PREFIX = "TEST_"
PROCESSING, FAST, SPECIAL = "processing", "fast", "special"
OK, RATE_LIMIT, UNAVAILABLE, SLOW = "OK", "RATE_LIMIT", "UNAVAILABLE", "SLOW"
CUT, INTERNAL, TOKEN_DEAD = "CUT", "INTERNAL", "TOKEN_DEAD"
SPECIALS = {
    OK: "accepted, and the verdict is a success",
    RATE_LIMIT: "429: too many requests, try again later",
    UNAVAILABLE: "503: the service is down for a moment",
    INTERNAL: "500: Google failed",
    SLOW: "recorded, but the answer takes 20 seconds",
    CUT: "recorded, but the line is cut before the answer is whole",
    TOKEN_DEAD: "401, and the connection is revoked at Google",
}


@dataclass(frozen=True)
class Magic:
    kind: str
    name: str


def short(reason: str) -> str:
    return reason.removeprefix("PROCESSING_ERROR_").removeprefix("REASON_")


PROCESSING_REASONS = {
    short(name): name for name in ProcessingErrorReason.__members__ if not name.endswith("_UNSPECIFIED")
}
FAST_REASONS = tuple(name for name in ErrorReason.__members__ if not name.endswith("_UNSPECIFIED"))


def _names() -> dict[str, Magic]:
    names = {name: Magic(FAST, name) for name in FAST_REASONS}
    names |= {f"FAST_{name}": Magic(FAST, name) for name in FAST_REASONS}
    for abbreviation, full in PROCESSING_REASONS.items():
        names[abbreviation] = names[full] = Magic(PROCESSING, full)
    return names | {name: Magic(SPECIAL, name) for name in SPECIALS}


NAMES = _names()


@lru_cache(4096)
def read(click_id: str) -> Magic | None:
    """What a click id asks for; None when it is no (known) magic id."""
    if not click_id.startswith(PREFIX):
        return None
    rest = click_id.removeprefix(PREFIX)
    matches = [name for name in NAMES if rest == name or rest.startswith((f"{name}_", f"{name}-", f"{name}."))]
    if matches:
        return NAMES[max(matches, key=len)]
    return NAMES[OK] if rest.startswith(OK) else None
