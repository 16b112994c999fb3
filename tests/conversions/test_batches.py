"""Many due conversions in one request: how many requests, whose refusal, and each lead's own verdict."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import requests
from flask import Flask

from app.conversions import jobs, outbox
from tests.conversions.conftest import Desk

SettingsOf = Callable[..., None]


@pytest.fixture
def with_settings(app: Flask, monkeypatch: pytest.MonkeyPatch) -> SettingsOf:
    """Change settings of the running application for this test."""

    def change(**values: Any) -> None:
        held = app.extensions["leader"]
        settings = held.settings.model_copy(update=values)
        monkeypatch.setitem(app.extensions, "leader", replace(held, settings=settings))

    return change


@pytest.fixture
def batches(desk: Desk, with_settings: SettingsOf) -> Desk:
    """A company whose conversions go together from two on."""
    with_settings(conversion_batch_from=2)
    return desk


def sizes(desk: Desk) -> list[int]:
    """How many events each request that Google took held, the oldest first."""
    address = f"{desk.office.google.http_url}/practice/api/requests"
    found = requests.get(address, timeout=10).json()["requests"]
    return [len(request["events"]) for request in reversed(found)]


def limits(desk: Desk) -> set[int | None]:
    """The largest request that each conversion may go out in."""
    return {row[0] for row in desk.owner.execute("SELECT request_limit FROM conversion_uploads").fetchall()}


def finish(desk: Desk, rounds: int = 4) -> None:
    for _ in range(rounds):
        desk.pass_time()
        desk.work()


def test_below_the_threshold_each_goes_alone(desk: Desk) -> None:
    for _ in range(3):
        desk.won()
    desk.work()
    assert sizes(desk) == [1, 1, 1]


def test_above_it_all_go_in_one_request_and_are_asked_about_once(batches: Desk) -> None:
    leads = [batches.won() for _ in range(5)]
    batches.work()
    assert sizes(batches) == [5]
    assert {batches.state(lead_id)[0] for lead_id in leads} == {"sent"}
    finish(batches, 1)
    assert {batches.state(lead_id) for lead_id in leads} == {("accepted", "")}
    assert len(batches.counted()) == 5
    for lead_id in leads:
        receipt = batches.receipt(lead_id)
        assert receipt.broken_at is None
        assert [step.title for step in receipt.steps][:2] == ["Google accepted it", "Sent to Google"]


def test_n_conversions_take_the_fewest_requests(batches: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_EVENTS", 3)
    for _ in range(8):
        batches.won()
    batches.work()
    assert sizes(batches) == [3, 3, 2]


def test_what_google_names_goes_alone_and_the_others_together(batches: Desk) -> None:
    good = [batches.won() for _ in range(5)]
    guilty = batches.won("TEST_FAST_INVALID_CURRENCY_CODE")
    batches.work()
    assert sizes(batches) == [5]
    finish(batches, 1)
    assert batches.state(guilty) == ("rejected", "INVALID_CURRENCY_CODE")
    assert {batches.state(lead_id) for lead_id in good} == {("accepted", "")}
    assert any("together with others" in step.words for step in batches.receipt(guilty).steps)


def test_what_google_does_not_name_is_found_by_halving(batches: Desk) -> None:
    batches.control("faults", rows="unnamed")
    good = [batches.won() for _ in range(7)]
    guilty = batches.won("TEST_FAST_INVALID_EVENT")
    finish(batches, 2)
    assert batches.state(guilty) == ("rejected", "INVALID_EVENT")
    assert {batches.state(lead_id) for lead_id in good} == {("accepted", "")}
    assert [conversion["adjustments"] for conversion in batches.counted()] == [0] * 7


@pytest.mark.parametrize("known", ["none", "duplicate"])
def test_a_partial_verdict_is_resolved_to_each_lead(batches: Desk, known: str) -> None:
    batches.control("faults", known_id=known)
    good = [batches.won() for _ in range(6)]
    late = batches.won("TEST_EVENT_TOO_OLD")
    stranger = batches.won("TEST_CLICK_NOT_FOUND")
    batches.work()
    assert sizes(batches) == [8]
    finish(batches)
    assert batches.state(late) == ("rejected", "EVENT_TOO_OLD")
    assert batches.state(stranger) == ("rejected", "CLICK_NOT_FOUND")
    assert {batches.state(lead_id)[0] for lead_id in good} == {"accepted"}
    assert len(batches.counted()) == 6


@pytest.mark.parametrize("strangers", [1, 4])
def test_a_request_of_first_and_later_tries_is_judged_by_its_whole_size(batches: Desk, strangers: int) -> None:
    batches.control("faults", ingest="500")
    tried = [batches.won() for _ in range(strangers)]
    batches.work()
    batches.control("faults", ingest="none")
    fresh = [batches.won() for _ in range(2)]
    guilty = [batches.won("TEST_CLICK_NOT_FOUND") for _ in range(strangers)]
    batches.make_due()
    batches.work()
    assert sizes(batches) == [2 * strangers + 2]
    finish(batches)
    assert {batches.state(lead_id) for lead_id in tried + fresh} == {("accepted", "")}
    assert {batches.state(lead_id) for lead_id in guilty} == {("rejected", "CLICK_NOT_FOUND")}


def test_a_request_that_got_through_or_a_new_start_ends_the_limit(batches: Desk) -> None:
    leads = [batches.won() for _ in range(3)]
    batches.owner.execute("UPDATE conversion_uploads SET request_limit = 2")
    batches.work()
    assert sizes(batches) == [2, 1]
    assert limits(batches) == {None}
    batches.owner.execute("UPDATE conversion_uploads SET request_limit = 1, state = 'parked', reason = ''")
    with batches.office.serving() as session:
        assert all(outbox.send_again(session, uuid.UUID(batches.receipt(lead_id).upload_id)) for lead_id in leads)
        session.commit()
    assert limits(batches) == {None}


def test_when_all_fail_for_the_same_reason_nobody_is_asked_twice(batches: Desk) -> None:
    leads = [batches.won("TEST_CLICK_NOT_FOUND") for _ in range(4)]
    batches.work()
    finish(batches, 1)
    assert sizes(batches) == [4]
    assert {batches.state(lead_id) for lead_id in leads} == {("rejected", "CLICK_NOT_FOUND")}


def test_a_refused_access_refuses_them_all_at_once(batches: Desk) -> None:
    leads = [batches.won() for _ in range(3)]
    batches.owner.execute(
        "UPDATE conversion_uploads SET payload = jsonb_set(payload, '{destinations,0,productDestinationId}', '\"999\"')"
    )
    batches.work()
    assert sizes(batches) == []
    assert {batches.state(lead_id) for lead_id in leads} == {("rejected", "INVALID_CONVERSION_ACTION_ID")}


@pytest.mark.parametrize("fault", ["down", "429", "500", "cut"])
def test_a_fault_delays_them_all_and_doubles_none(batches: Desk, fault: str) -> None:
    batches.control("faults", ingest=fault)
    leads = [batches.won() for _ in range(3)]
    batches.work()
    assert {batches.state(lead_id)[0] for lead_id in leads} == {"waiting"}
    batches.control("faults", ingest="none")
    finish(batches)
    assert {batches.state(lead_id)[0] for lead_id in leads} == {"accepted"}
    assert len(batches.counted()) == 3


def test_only_what_may_be_sent_goes_along(batches: Desk) -> None:
    good = [batches.won() for _ in range(2)]
    left = batches.won()
    batches.owner.execute("UPDATE leads SET is_spam = true WHERE id = %s", (left,))
    batches.work()
    assert sizes(batches) == [2]
    assert batches.state(left) == ("skipped", "SPAM_LEAD")
    assert {batches.state(lead_id)[0] for lead_id in good} == {"sent"}


def test_a_change_of_value_never_goes_with_others(batches: Desk) -> None:
    leads = [batches.won() for _ in range(3)]
    batches.work()
    for lead_id in leads:
        batches.move(lead_id, "Contacted")
    finish(batches, 1)
    assert sizes(batches) == [3, 1, 1, 1]


def test_a_lead_that_is_erased_meanwhile_is_missed_by_nobody(batches: Desk) -> None:
    leads = [batches.won() for _ in range(3)]
    batches.work()
    batches.owner.execute("DELETE FROM leads WHERE id = %s", (leads[0],))
    finish(batches, 1)
    assert {batches.state(lead_id) for lead_id in leads[1:]} == {("accepted", "")}


def test_a_connection_that_does_not_answer_rests_whole(desk: Desk) -> None:
    """One slow call in a pause, however many wait: else it would keep the others waiting."""
    desk.control("faults", ingest="500")
    leads = [desk.won() for _ in range(4)]
    desk.work()
    tries = desk.owner.execute("SELECT sum(attempts) FROM conversion_uploads").fetchone()
    assert tries == (1,)
    assert sorted(desk.state(lead_id)[0] for lead_id in leads) == ["pending"] * 3 + ["waiting"]
    desk.control("faults", ingest="none")
    finish(desk, 2)
    assert {desk.state(lead_id)[0] for lead_id in leads} == {"accepted"}


def test_two_companies_never_share_a_request(batches: Desk, open_desk: Any, bob: Any) -> None:
    other = open_desk(bob)
    for desk in (batches, other):
        for _ in range(2):
            desk.won()
    batches.work()
    assert sizes(batches) == [2, 2]
    rows = batches.owner.execute("SELECT DISTINCT request_id, company_id FROM conversion_uploads").fetchall()
    assert len(rows) == 2 and isinstance(rows[0][1], uuid.UUID)
