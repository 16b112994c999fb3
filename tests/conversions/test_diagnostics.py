"""Google's counts beside Leader's own: every difference has a sentence."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.advertising import jobs as advertising_jobs
from app.advertising.models import AdDiagnosis
from app.conversions import diagnosing
from app.conversions.agreement import Ours, Theirs, explain
from app.core.clock import utc_now
from tests.conversions.conftest import Desk
from tests.fixtures.people import Person

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("ours", "theirs", "days_ago", "words"),
    [
        (Ours(sent=3, accepted=2, not_counted=1), Theirs(2, 1), 0, []),
        (Ours(sent=3, waiting=3), Theirs(pending=3), 0, ["still works on 3"]),
        (Ours(sent=3, accepted=3), Theirs(successful=1), 1, ["2 are not in Google’s list yet"]),
        (Ours(sent=3, accepted=3), Theirs(successful=2), 2, ["1 that Leader sent is missing"]),
        (Ours(sent=1, accepted=1), Theirs(successful=4), 2, ["3 more than Leader sent"]),
        (Ours(sent=1, accepted=1, by_file=2), Theirs(successful=3), 2, ["2 were uploaded as a file"]),
        (Ours(sent=1, accepted=1, by_file=1), Theirs(successful=3), 2, ["1 was uploaded", "1 more than"]),
        (Ours(sent=1, accepted=1, again=1), Theirs(successful=2), 2, ["second time"]),
        (Ours(refused=2), Theirs(), 2, ["2 were refused at once"]),
        (Ours(sent=2, accepted=1, not_counted=1), Theirs(successful=2), 2, ["call different ones failed"]),
    ],
)
def test_differences_in_plain_words(ours: Ours, theirs: Theirs, days_ago: int, words: list[str]) -> None:
    told = explain(TODAY - timedelta(days=days_ago), ours, theirs, TODAY)
    assert len(told) == len(words)
    assert all(part in sentence for part, sentence in zip(words, told, strict=True))


def read(desk: Desk) -> None:
    with desk.office.app.app_context():
        advertising_jobs.plan_readings()
        advertising_jobs.read_due()


def finish(desk: Desk) -> None:
    for _ in range(2):
        desk.work()
        desk.pass_time()
    desk.work()


def test_google_is_asked_and_compared(desk: Desk, alice: Person) -> None:
    desk.won()
    desk.won("TEST_INVALID_GCLID")
    finish(desk)
    read(desk)
    with desk.office.serving() as session:
        (told,) = session.scalars(select(AdDiagnosis))
        assert (told.total, told.successful, told.pending) == (2, 1, 0)
        assert [alert["reason"] for alert in told.alerts] == ["UNPARSEABLE_GCLID"]
        (found,) = diagnosing.of_accounts(session)
        (day,) = found.days
        assert (day.ours.sent, day.ours.accepted, day.ours.not_counted) == (2, 1, 1)
        assert day.differences == []
    page = alice.client.get("/conversions/diagnostics").text
    assert "Both agree" in page and "Needs a look" in page and "50%" in page
    assert "Google reports a problem" in alice.client.get("/conversions").text


def test_what_is_not_listed_yet_is_said(desk: Desk) -> None:
    read(desk)
    desk.won()
    desk.work()
    with desk.office.serving() as session:
        (found,) = diagnosing.of_accounts(session)
        assert found.told == [] and "not in Google’s list yet" in found.days[0].differences[0]


def test_asking_again(desk: Desk, alice: Person, charlie: Person, viewer: Person) -> None:
    with desk.office.serving() as session:
        (found,) = diagnosing.of_accounts(session)
    address = f"/conversions/diagnostics/{found.account_id}"
    assert charlie.client.post(address).status_code == 404
    assert viewer.client.post(address).status_code == 403
    alice.client.post(address)
    assert "Google is being asked." in alice.client.get("/conversions/diagnostics").text
    desk.office.fault(ads="quota")
    with desk.office.app.app_context():
        advertising_jobs.read_due()
    assert "daily limit" in alice.client.get("/conversions/diagnostics").text
    desk.office.fault(ads="none")
    desk.owner.execute("UPDATE ad_readings SET due_at = now() - interval '1 second'")
    with desk.office.app.app_context():
        advertising_jobs.read_due()
    alice.client.post(address)
    assert "Wait ten minutes" in alice.client.get("/conversions/diagnostics").text


def test_how_many_leads_can_be_reported(desk: Desk) -> None:
    desk.lead()
    desk.lead(consent="unknown", is_spam=True)
    without = desk.lead()
    desk.owner.execute("UPDATE touchpoints SET click_ids = '{}' WHERE lead_id = %s", (without,))
    with desk.office.serving() as session:
        (week,) = diagnosing.coverage(session, "Europe/London")
    assert (week.leads, week.with_click, week.with_contact) == (2, 1, 1)
    assert week.first_day.weekday() == 0 and week.first_day.date() <= utc_now().date()
