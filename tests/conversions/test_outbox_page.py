"""The outbox as people see it: what runs out soon, pausing, cancelling, trying out, and the outlook on a lead."""

from datetime import UTC, datetime, timedelta

import pytest

from app.conversions import jobs
from app.conversions.eligibility import Facts, Terms, Touch
from app.conversions.preflight import look
from tests.connections.conftest import Office
from tests.conversions.conftest import Desk
from tests.fixtures.people import Person

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LEAD = Facts(
    "", "GB", "granted", "granted", [Touch(NOW - timedelta(days=2), {"gclid": "Cj0KCQgood"})], "a@b.example", ""
)


TERMS = Terms()


def states(facts: Facts, terms: Terms = TERMS, **more: datetime) -> dict[str, str]:
    return {check.name: check.state for check in look(facts, terms, "£250", NOW, **more).checks}


def test_before_anything_is_sent_each_thing_is_looked_at() -> None:
    assert states(LEAD) == {
        "Permission": "good",
        "Ad click": "good",
        "Time left": "good",
        "E-mail and phone": "good",
        "Value": "good",
    }
    soon = look(LEAD, Terms(window_days=5), "£250", NOW)
    assert soon.deadline == NOW + timedelta(days=3)
    assert states(LEAD, Terms(window_days=5))["Time left"] == "waiting"


@pytest.mark.parametrize(
    ("touch", "expected"),
    [
        (Touch(NOW - timedelta(hours=1), {"gclid": "Cj0KCQgood"}), ("Time left", "waiting")),
        (Touch(NOW, {"gclid": "dam aged"}), ("Ad click", "bad")),
        (Touch(NOW - timedelta(days=100), {"gclid": "Cj0KCQgood"}), ("Ad click", "bad")),
        (Touch(NOW, {}), ("Ad click", "neutral")),
    ],
)
def test_what_the_click_says(touch: Touch, expected: tuple[str, str]) -> None:
    facts = Facts("", "US", "unknown", "unknown", [touch], "a@b.example", "")
    seen = states(facts)
    assert seen[expected[0]] == expected[1]
    assert (seen["Permission"], seen["E-mail and phone"]) == ("neutral", "neutral")


def test_what_stops_it_and_what_must_wait() -> None:
    spam = Facts("SPAM_LEAD", "GB", "granted", "granted", [], "", "")
    assert states(spam)["Permission"] == "bad" and states(spam)["E-mail and phone"] == "neutral"
    assert not look(spam, Terms(), "£1", NOW).is_ready
    assert states(LEAD, made_at=NOW - timedelta(hours=1))["Conversion"] == "waiting"
    assert "Conversion" not in states(LEAD, made_at=NOW - timedelta(hours=7))


def test_the_lead_shows_what_would_be_sent(desk: Desk) -> None:
    ready, stopped = desk.lead(), desk.lead(consent="denied")
    assert "Ready for “Won”" in desk.office.client.get(f"/leads/{ready}").text
    assert "Would not be sent" in desk.office.client.get(f"/leads/{stopped}").text


def test_what_runs_out_soon_is_listed_with_its_worth(desk: Desk) -> None:
    desk.won(name="Late Larry")
    desk.won(name="Early Earl")
    desk.owner.execute(
        "UPDATE conversion_uploads u SET state = 'held', reason = 'NEEDS_RECONNECT',"
        " deadline_at = now() + interval '3 days'"
        " FROM leads l WHERE l.id = u.lead_id AND l.name = 'Late Larry'"
    )
    page = desk.office.client.get("/conversions").text
    assert "1 lead worth £250 runs out within 10 days" in page
    table = page.partition('id="expiring"')[2].partition('id="mappings"')[0]
    assert "Late Larry" in table and "Early Earl" not in table
    assert "just now" not in table, "a time to come is not a time ago"


def test_the_list_is_narrowed(desk: Desk) -> None:
    desk.won(name="Jane Yes")
    desk.won(name="Nora No", consent="denied")
    part = desk.office.client.get("/conversions?kind=not-sent", headers={"HX-Request": "true"}).text
    assert "Nora No" in part and "Jane Yes" not in part and "<html" not in part
    assert "None of this kind" in desk.office.client.get("/conversions?kind=accepted").text
    assert "Jane Yes" in desk.office.client.get("/conversions?kind=nonsense").text


def test_pausing_and_cancelling_by_hand(desk: Desk) -> None:
    lead_id = desk.won()
    assert desk.office.post("/conversions/pause").status_code == 303
    assert "Sending is paused" in desk.office.client.get("/conversions").text
    upload = f"/conversions/uploads/{desk.receipt(lead_id).upload_id}"
    desk.office.post(f"{upload}/cancellation")
    assert desk.state(lead_id) == ("skipped", "CANCELLED")
    desk.office.post("/conversions/pause/end")
    desk.work()
    assert desk.counted() == []
    desk.office.post(f"{upload}/cancellation")
    assert desk.state(lead_id) == ("skipped", "CANCELLED")


def test_send_now(desk: Desk) -> None:
    lead_id = desk.won()
    desk.owner.execute("UPDATE conversion_uploads SET state = 'waiting', due_at = now() + interval '1 hour'")
    desk.office.post(f"/conversions/uploads/{desk.receipt(lead_id).upload_id}/sendings")
    desk.work()
    assert len(desk.counted()) == 1


def test_trying_out_sends_nothing_and_tells_googles_answer(desk: Desk) -> None:
    good, bad = desk.won(), desk.won("TEST_FAST_INVALID_CONVERSION_ACTION_ID")
    for lead_id, words in ((good, "Google would take it as it is"), (bad, "no longer exists in Google Ads")):
        address = f"/conversions/uploads/{desk.receipt(lead_id).upload_id}"
        assert "Being tried out" in desk.office.post(f"{address}/trial", follow_redirects=True).text
        with desk.office.app.app_context():
            jobs.try_out(str(desk.office.person.company_id), address.rpartition("/")[2])
        assert words in desk.office.client.get(address).text
    assert desk.counted() == []
    nothing = desk.won(consent="denied")
    page = desk.office.post(f"/conversions/uploads/{desk.receipt(nothing).upload_id}/trial", follow_redirects=True)
    assert "There is nothing to try out" in page.text


def test_strangers_reach_none_of_it(desk: Desk, charlie: Person) -> None:
    upload_id = desk.receipt(desk.won()).upload_id
    stranger = Office(desk.office.app, desk.office.google, charlie)
    for what in ("sendings", "cancellation", "trial"):
        assert stranger.post(f"/conversions/uploads/{upload_id}/{what}").status_code == 404
    assert desk.owner.execute("SELECT state FROM conversion_uploads").fetchone() == ("pending",)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE leads SET is_spam = true",
        "UPDATE leads SET restricted_at = now()",
        "UPDATE consents SET ad_user_data = 'denied'",
        "UPDATE leads SET stage_id = (SELECT id FROM stages WHERE name = 'Contacted')",
        "UPDATE conversion_uploads SET state = 'skipped', reason = 'SUPERSEDED'",
        "UPDATE conversion_uploads SET state = 'accepted'",
    ],
)
def test_what_must_not_be_sent_is_not_tried_out_either(desk: Desk, change: str) -> None:
    """Neither asked for nor, when it changed after the asking, done."""
    address = f"/conversions/uploads/{desk.receipt(desk.won()).upload_id}"
    assert "Try it out" in desk.office.client.get(address).text
    assert desk.office.post(f"{address}/trial").status_code == 303
    desk.owner.execute(change)
    assert "Try it out" not in desk.office.client.get(address).text
    with desk.office.app.app_context():
        jobs.try_out(str(desk.office.person.company_id), address.rpartition("/")[2])
    assert "Tried out with Google" not in desk.office.client.get(address).text
    assert "There is nothing to try out" in desk.office.post(f"{address}/trial", follow_redirects=True).text
