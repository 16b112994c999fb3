"""From Won to Google's verdict, by Google's own client against the practice Google."""

import pytest

from tests.conversions.conftest import Desk


def test_a_won_lead_is_counted_once_with_its_value(desk: Desk) -> None:
    lead_id = desk.won()
    assert desk.state(lead_id) == ("pending", "")
    desk.work()
    assert desk.state(lead_id) == ("sent", "")
    desk.pass_time()
    desk.work()
    assert desk.state(lead_id) == ("accepted", "")
    (conversion,) = desk.counted()
    assert (conversion["value"], conversion["currency"], conversion["count"]) == (250.0, "GBP", 1)


def test_the_receipt_says_what_was_sent_and_what_google_said(desk: Desk) -> None:
    lead_id = desk.won(phone_e164="+441614960000")
    desk.work()
    sent = desk.receipt(lead_id)
    assert sent.headline == "Sent, waiting for Google's answer"
    assert sent.request_id
    lines = {line.label: line for line in sent.sent}
    assert lines["Value"].value == "250.00 GBP"
    assert len(lines["E-mail, as a hash"].value) == 64
    assert lines["E-mail, as a hash"].note == "j•••@example.org"
    assert lines["Phone, as a hash"].note == "+44•••00"
    desk.pass_time()
    desk.work()
    done = desk.receipt(lead_id)
    assert (done.headline, done.tone, done.is_open) == ("Accepted by Google", "good", False)
    assert [step.title for step in done.steps] == ["Google accepted it", "Sent to Google", "Planned"]


def test_moving_to_won_again_does_not_count_again(desk: Desk) -> None:
    lead_id = desk.won()
    desk.move(lead_id, "Contacted")
    desk.move(lead_id, "Won")
    desk.work()
    assert len(desk.counted()) == 1


def test_a_stage_that_is_not_mapped_reports_nothing(desk: Desk) -> None:
    desk.move(desk.lead(), "Qualified")
    desk.work()
    assert desk.counted() == []


def test_the_leads_own_value_goes_first(desk: Desk) -> None:
    desk.owner.execute("UPDATE conversion_mappings SET value_rule = 'lead'")
    desk.won(value_minor=123456)
    desk.won()
    desk.work()
    assert sorted(conversion["value"] for conversion in desk.counted()) == [250.0, 1234.56]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"consent": "denied"}, "DENIED_CONSENT"),
        ({"consent": "unknown"}, "UNKNOWN_CONSENT"),
        ({"is_test": True}, "TEST_LEAD"),
        ({"is_demo": True}, "TEST_LEAD"),
        ({"is_spam": True}, "SPAM_LEAD"),
    ],
)
def test_what_must_stay_at_home_stays_at_home(desk: Desk, values: dict[str, object], reason: str) -> None:
    lead_id = desk.won(**values)  # type: ignore[arg-type]
    desk.work()
    assert desk.state(lead_id) == ("skipped", reason)
    assert desk.counted() == []
    receipt = desk.receipt(lead_id)
    assert receipt.headline == "Not sent"
    assert receipt.sent == []


@pytest.mark.parametrize(
    ("click_id", "reason", "headline"),
    [
        ("TEST_CLICK_NOT_FOUND", "CLICK_NOT_FOUND", "Not from a Google ad"),
        ("TEST_EVENT_TOO_OLD", "EVENT_TOO_OLD", "Not counted by Google"),
        ("TEST_INVALID_GCLID", "INVALID_GCLID", "Not counted by Google"),
        ("TEST_DUPLICATE_TRANSACTION_ID", "DUPLICATE_TRANSACTION_ID", "Already counted"),
        ("TEST_NO_CONSENT", "NO_CONSENT", "Not counted by Google"),
    ],
)
def test_a_refusal_is_told_in_plain_words(desk: Desk, click_id: str, reason: str, headline: str) -> None:
    lead_id = desk.won(click_id)
    desk.work()
    desk.pass_time()
    desk.work()
    assert desk.state(lead_id) == ("rejected", reason)
    receipt = desk.receipt(lead_id)
    assert receipt.headline == headline
    assert receipt.sentence and reason not in receipt.sentence


def test_a_click_that_is_too_recent_waits_and_goes_again(desk: Desk) -> None:
    lead_id = desk.won("TEST_TOO_RECENT_CLICK")
    desk.work()
    desk.pass_time()
    desk.work()
    assert desk.state(lead_id) == ("waiting", "TOO_RECENT_CLICK")
    receipt = desk.receipt(lead_id)
    assert receipt.is_open and receipt.next_at is not None


def test_a_verdict_that_is_not_ready_is_asked_for_again(desk: Desk) -> None:
    lead_id = desk.won()
    desk.work()
    desk.make_due()
    desk.work()
    assert desk.state(lead_id) == ("sent", "")
    steps = [step.title for step in desk.receipt(lead_id).steps]
    assert steps == ["Asked Google for its answer", "Sent to Google", "Planned"]


def test_a_refused_conversion_can_be_sent_again_by_hand(desk: Desk) -> None:
    lead_id = desk.won("TEST_CLICK_NOT_FOUND")
    desk.work()
    desk.pass_time()
    desk.work()
    upload_id = desk.receipt(lead_id).upload_id
    answer = desk.office.post(f"/conversions/uploads/{upload_id}/sendings")
    assert answer.status_code == 303
    assert desk.state(lead_id) == ("pending", "")
