"""What follows for an upload from what Google said, or did not say. Pure rules: one carried upload in, one move out.

1. A claim that ended with nothing at Google is `for_nothing`: it does not count as one that may be there.
2. What time heals waits; what is known already after a sending that was cut off is a yes, but not for a change, since
   the value before it may be what Google knows.
3. A request that Google refuses because of some events is sent again without them, and they alone. When Google names
   none, it is halved until the guilty one is alone.
4. Google's verdict on a request of many comes as counts. When they leave open whose they are, the same is sent again in
   smaller requests, sized by how many failed: the same transaction id counts once.
5. Nothing is tried, or asked about, for ever.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from app.conversions.gates import Claimed
from app.conversions.verdicts import explain
from app.integrations.google.uploading import Answer, RefusedError, Sent

TRY_FOR = timedelta(days=7)
"""How long Leader keeps trying before a person has to look."""
WAIT_IN_POLLS = 12
"""How long a "too recent" waits, in polling intervals: six hours at Google's pace of half an hour."""
SPLIT = "REQUEST_SPLIT"

_FEWEST_TRIES = 10
"""So many tries each upload gets, however long it was held before."""
_LONGEST_PAUSE = 3600.0
_LONGEST_POLL = 24 * 3600.0
_GIVE_UP_POLLS = 12
_UNKNOWN_REQUEST = ("INVALID_REQUEST_ID", "REQUEST_TOO_OLD", "NOT_FOUND")
_OF_NO_EVENT = ("RESOURCE_EXHAUSTED", "RESOURCE_TEMPORARILY_EXHAUSTED")
"""Google is busy: a smaller request would fare no better. A cut connection may be the doing of one event."""
_KNOWN_ALREADY = ("DUPLICATE_TRANSACTION_ID", "ORDER_ID_ALREADY_IN_USE", "CLICK_CONVERSION_ALREADY_EXISTS")
_ALONE_BELOW = 8
"""A piece that would be smaller goes out one by one: each round of asking costs half an hour."""


class Carried(NamedTuple):
    """An upload in a worker's hands: what the rules need of it, and its part of the request."""

    claimed: Claimed
    connection_id: object
    version: int
    attempts: int
    unclear: int
    polls: int
    created_at: datetime
    sent_at: datetime | None
    request_id: str
    request_size: int
    frame: str
    event: str


@dataclass(frozen=True)
class Pace:
    """How fast things go: seconds of the first poll and of the first pause, and this trip's share of chance (0 to 1),
    by which many do not knock at once."""

    poll: float
    retry: float
    share: float


@dataclass(frozen=True)
class Move:
    """The state to move to. `pause`: the next try, from now; `limit`: the largest request it may go out in;
    `request_id`: that of the request that Google has now, of `size` events, whatever becomes of each."""

    state: str
    reason: str = ""
    pause: timedelta | None = None
    entry: str = ""
    polls: int | None = None
    limit: int | None = None
    request_id: str = ""
    size: int = 1
    is_again: bool = False
    for_nothing: bool = False


def is_sent_enough(attempts: int, created_at: datetime, now: datetime) -> bool:
    """True when no further sending is to be tried by itself."""
    return attempts >= _FEWEST_TRIES and now - created_at > TRY_FOR


def is_asked_enough(begun_at: datetime, now: datetime) -> bool:
    """True when Google has not answered for so long that nobody asks any more."""
    return now - begun_at > TRY_FOR


def pause_before_retry(attempts: int, pace: Pace) -> timedelta:
    """Full jitter: anything up to the first pause × 2^attempts and an hour."""
    return timedelta(seconds=pace.share * min(_LONGEST_PAUSE, pace.retry * 2 ** min(attempts, 12)))


def poll_after(polls: int, pace: Pace) -> timedelta:
    """When Google is asked (again): at twice the time after each question, once a day at least."""
    return timedelta(seconds=min(_LONGEST_POLL, pace.poll * 2 ** min(polls, 10)))


def piece_after(size: int, failed: int) -> int:
    """The largest request for what went out in one of `size` of which `failed` failed: always smaller, at least 1."""
    piece = size // (2 * max(1, failed))
    return piece if piece >= _ALONE_BELOW else 1


def sent(upload: Carried, sent: Sent, verdict: str | None, pace: Pace, now: datetime, *, size: int = 1) -> Move:
    """Google has it, in a request of `size`. `verdict`: what it said of it at once; None: it is asked later."""
    if verdict is None:
        pause, is_again = poll_after(0, pace), upload.attempts > 1
        return Move("sent", pause=pause, polls=0, request_id=sent.request_id, size=size, is_again=is_again)
    return refused(upload, verdict, pace, now) if verdict else Move("accepted", request_id=sent.request_id, size=size)


def refused(upload: Carried, reason: str, pace: Pace, now: datetime) -> Move:
    """Google said no to this one."""
    if _is_known_already(upload, reason):
        return Move("accepted", reason)
    if explain(reason).kind == "wait" and not is_sent_enough(upload.attempts, upload.created_at, now):
        return Move("waiting", reason, pause=timedelta(seconds=pace.poll * WAIT_IN_POLLS))
    return Move("rejected", reason)


def refused_whole(upload: Carried, place: int, size: int, error: RefusedError, pace: Pace, now: datetime) -> Move:
    """Google refused the request that held it as number `place` of `size`."""
    if size == 1 or not error.is_theirs:
        return refused(upload, error.reason, pace, now)
    named = {row for row in error.rows if row < size}
    limit = 1 if place in named else size - len(named) if named else size // 2
    return Move("waiting", SPLIT, pause=timedelta(0), limit=max(1, limit), for_nothing=True)


def later(upload: Carried, reason: str, pace: Pace, now: datetime, *, size: int = 1, for_nothing: bool = False) -> Move:
    """No clear answer. A sending is sent again, in a request of half the `size` when that happens again, if one event
    may keep the others from it; a question is asked again."""
    if upload.claimed.was == "sent":
        if is_asked_enough(upload.sent_at or upload.created_at, now):
            return Move("parked", "TRIED_TOO_OFTEN")
        return Move("sent", reason, pause=timedelta(seconds=pace.poll), entry="polled")
    if is_sent_enough(upload.attempts, upload.created_at, now):
        return Move("parked", "TRIED_TOO_OFTEN", for_nothing=for_nothing)
    may_be_one = reason not in _OF_NO_EVENT and not for_nothing
    limit = size // 2 if size > 1 and upload.attempts > 1 and may_be_one else None
    pause = pause_before_retry(upload.attempts, pace)
    return Move("waiting", reason, pause=pause, limit=limit, for_nothing=for_nothing)


def answered(upload: Carried, answer: Answer, pace: Pace, now: datetime) -> Move:
    """Google's verdict on the request that held it."""
    if answer.state == "processing":
        polls = upload.polls + 1
        if polls >= _GIVE_UP_POLLS:
            return Move("parked", "NO_VERDICT")
        return Move("sent", pause=poll_after(polls, pace), polls=polls, entry="polled")
    if upload.request_size == 1:
        reason = next(iter(answer.reasons), "")
        return refused(upload, reason, pace, now) if answer.state == "failed" else Move("accepted")
    bad = {reason: count for reason, count in answer.reasons.items() if not _is_known_already(upload, reason)}
    if not bad:
        return Move("accepted")
    failed = sum(bad.values())
    if len(bad) == 1 and failed >= upload.request_size:
        return refused(upload, next(iter(bad)), pace, now)
    return Move("waiting", SPLIT, pause=timedelta(0), limit=piece_after(upload.request_size, failed))


def unanswerable(upload: Carried, reason: str, now: datetime) -> Move:
    """Google does not answer the question about a request, for a reason that asking again does not mend."""
    if reason not in _UNKNOWN_REQUEST:
        return Move("parked", reason)
    if is_sent_enough(upload.attempts, upload.created_at, now):
        return Move("parked", "NO_VERDICT")
    return Move("waiting", reason, pause=timedelta(0))  # the same again is harmless


def left_behind(upload: Carried) -> Move:
    """Its connection is gone for good. What may be at Google is set aside, so that it never counts as unsent."""
    if upload.claimed.was == "sent" or upload.unclear > 1:  # one is this claim itself
        return Move("parked", "VERDICT_NOT_ASKED", for_nothing=True)
    return Move("skipped", "CONNECTION_DELETED", for_nothing=True)


def without_sign_in(upload: Carried, now: datetime) -> Move:
    """Its connection waits for a renewed sign-in, which makes it due at once."""
    if upload.claimed.was != "sent":
        return Move("held", "NEEDS_RECONNECT", for_nothing=True)
    if is_asked_enough(upload.sent_at or upload.created_at, now):
        return Move("parked", "NO_VERDICT")
    return Move("sent", "NEEDS_RECONNECT", pause=TRY_FOR, entry="held")


def _is_known_already(upload: Carried, reason: str) -> bool:
    return reason in _KNOWN_ALREADY and upload.attempts > 1 and upload.version == 1
