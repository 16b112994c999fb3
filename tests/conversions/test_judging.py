"""What follows from what Google said: every rule on its own, without a database."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.conversions import judging
from app.conversions.gates import Claimed
from app.conversions.judging import Carried, Move, Pace
from app.integrations.google.uploading import Answer, RefusedError, Sent

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=8)
PACE = Pace(poll=1800, retry=30, share=0.5)
MINUTE = timedelta(minutes=1)


def upload(was: str = "pending", **values: Any) -> Carried:
    known: dict[str, Any] = {
        "claimed": Claimed(uuid.uuid4(), uuid.uuid4(), 1, was),
        "connection_id": uuid.uuid4(),
        "version": 1,
        "attempts": 1,
        "unclear": 1,
        "polls": 0,
        "created_at": NOW - MINUTE,
        "sent_at": None,
        "request_id": "r",
        "request_size": 1,
        "frame": "{}",
        "event": "{}",
    }
    return Carried(**known | values)


TIRED = {"attempts": 10, "created_at": LONG_AGO}


def test_a_sending_is_asked_about_or_settled_at_once() -> None:
    later = judging.sent(upload(attempts=2), Sent("r1"), None, PACE, NOW)
    assert (later.state, later.request_id, later.is_again, later.polls) == ("sent", "r1", True, 0)
    assert judging.sent(upload(), Sent("7", [""]), "", PACE, NOW) == Move("accepted", request_id="7")
    assert judging.sent(upload(), Sent("7", ["X"]), "EXPIRED_EVENT", PACE, NOW).state == "rejected"


@pytest.mark.parametrize(
    ("values", "reason", "state"),
    [
        ({}, "TOO_RECENT_EVENT", "waiting"),
        (TIRED, "TOO_RECENT_EVENT", "rejected"),
        ({}, "INVALID_GCLID", "rejected"),
        ({}, "DUPLICATE_TRANSACTION_ID", "rejected"),
        ({"attempts": 2}, "DUPLICATE_TRANSACTION_ID", "accepted"),
        ({"attempts": 2}, "ORDER_ID_ALREADY_IN_USE", "accepted"),
        ({"attempts": 2, "version": 2}, "DUPLICATE_TRANSACTION_ID", "rejected"),
    ],
)
def test_a_refusal(values: dict[str, Any], reason: str, state: str) -> None:
    assert judging.refused(upload(**values), reason, PACE, NOW).state == state


def refusal(rows: tuple[int, ...] = (), *, is_theirs: bool = True) -> RefusedError:
    return RefusedError("No.", reason="INVALID_EVENT", rows=rows, is_theirs=is_theirs)


@pytest.mark.parametrize(
    ("place", "size", "error", "limit"),
    [
        (3, 8, refusal((3,)), 1),
        (2, 8, refusal((3,)), 7),
        (2, 8, refusal(), 4),
        (0, 3, refusal(), 1),
        (0, 8, refusal((9,)), 4),
        (0, 2, refusal((0, 1)), 1),
    ],
)
def test_a_refused_request_of_many_is_taken_apart(place: int, size: int, error: RefusedError, limit: int) -> None:
    move = judging.refused_whole(upload(), place, size, error, PACE, NOW)
    assert (move.state, move.reason, move.limit, move.for_nothing) == ("waiting", judging.SPLIT, limit, True)


def test_a_request_of_one_or_a_fault_of_the_access_is_settled() -> None:
    for size, error in ((1, refusal()), (8, refusal(is_theirs=False))):
        assert judging.refused_whole(upload(), 0, size, error, PACE, NOW) == Move("rejected", "INVALID_EVENT")


@pytest.mark.parametrize(
    ("was", "values", "state"),
    [
        ("pending", {}, "waiting"),
        ("pending", TIRED, "parked"),
        ("sent", {"sent_at": NOW - MINUTE}, "sent"),
        ("sent", {"sent_at": LONG_AGO}, "parked"),
        ("sent", {"created_at": LONG_AGO}, "parked"),
    ],
)
def test_no_clear_answer(was: str, values: dict[str, Any], state: str) -> None:
    assert judging.later(upload(was, **values), "NO_CONNECTION", PACE, NOW).state == state


@pytest.mark.parametrize(
    ("reason", "limit"), [("RESOURCE_EXHAUSTED", None), ("NO_CONNECTION", 4), ("UNAVAILABLE", 4), ("INTERNAL_ERROR", 4)]
)
def test_only_what_one_event_may_cause_makes_a_request_smaller(reason: str, limit: int | None) -> None:
    assert judging.later(upload(attempts=5), reason, PACE, NOW, size=9).limit == limit


def test_a_request_of_many_that_fails_again_is_halved() -> None:
    limits = [
        judging.later(upload(attempts=attempts), "INTERNAL_ERROR", PACE, NOW, size=size).limit
        for attempts, size in ((1, 9), (2, 9), (2, 2), (2, 1))
    ]
    assert limits == [None, 4, 1, None]


@pytest.mark.parametrize(
    ("values", "answer", "state"),
    [
        ({}, Answer("processing"), "sent"),
        ({"polls": 11}, Answer("processing"), "parked"),
        ({}, Answer("success"), "accepted"),
        ({}, Answer("failed", {"INVALID_GCLID": 1}), "rejected"),
        ({"request_size": 9}, Answer("success"), "accepted"),
        ({"request_size": 9}, Answer("failed", {"INVALID_GCLID": 9}), "rejected"),
        ({"request_size": 9}, Answer("failed", {"INVALID_GCLID": 2}), "waiting"),
        ({"request_size": 9}, Answer("failed", {"INVALID_GCLID": 2, "CLICK_NOT_FOUND": 7}), "waiting"),
        ({"request_size": 9, "attempts": 2}, Answer("failed", {"DUPLICATE_TRANSACTION_ID": 4}), "accepted"),
        ({"request_size": 9}, Answer("failed", {"DUPLICATE_TRANSACTION_ID": 9}), "rejected"),
    ],
)
def test_a_verdict(values: dict[str, Any], answer: Answer, state: str) -> None:
    assert judging.answered(upload("sent", **values), answer, PACE, NOW).state == state


@pytest.mark.parametrize(
    ("values", "reason", "state"),
    [
        ({}, "PERMISSION_DENIED", "parked"),
        ({}, "REQUEST_TOO_OLD", "waiting"),
        (TIRED, "REQUEST_TOO_OLD", "parked"),
    ],
)
def test_a_question_that_google_does_not_answer(values: dict[str, Any], reason: str, state: str) -> None:
    assert judging.unanswerable(upload("sent", **values), reason, NOW).state == state


def test_without_a_connection() -> None:
    assert judging.left_behind(upload()).reason == "CONNECTION_DELETED"
    assert judging.left_behind(upload(unclear=2)).reason == "VERDICT_NOT_ASKED"
    assert judging.left_behind(upload("sent")).reason == "VERDICT_NOT_ASKED"
    assert judging.without_sign_in(upload(), NOW).state == "held"
    assert judging.without_sign_in(upload("sent"), NOW).state == "sent"
    assert judging.without_sign_in(upload("sent", sent_at=LONG_AGO), NOW).state == "parked"


@given(size=st.integers(2, 2000), failed=st.integers(0, 2000))
def test_a_piece_is_always_smaller(size: int, failed: int) -> None:
    piece = judging.piece_after(size, failed)
    assert 1 <= piece < size


@given(attempts=st.integers(0, 100), polls=st.integers(0, 100), share=st.floats(0, 1))
def test_pauses_have_bounds(attempts: int, polls: int, share: float) -> None:
    pace = Pace(1800, 30, share)
    assert timedelta(0) <= judging.pause_before_retry(attempts, pace) <= timedelta(hours=1)
    assert timedelta(minutes=30) <= judging.poll_after(polls, pace) <= timedelta(days=1)


@given(size=st.integers(2, 2000), rows=st.sets(st.integers(0, 2500), max_size=6), place=st.integers(0, 1999))
def test_taking_apart_always_gets_smaller(size: int, rows: set[int], place: int) -> None:
    move = judging.refused_whole(upload(), place % size, size, refusal(tuple(rows)), PACE, NOW)
    assert move.limit is not None and 1 <= move.limit < size
