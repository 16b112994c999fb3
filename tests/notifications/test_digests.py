"""Digests come in the company's morning, once, and not after a quiet time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.notifications import jobs
from app.notifications.digest_times import next_due
from tests.fixtures.application import Owner
from tests.fixtures.mail import Mailbox
from tests.leads.conftest import Office


@pytest.mark.parametrize(
    ("digest", "zone", "now", "due"),
    [
        ("daily", "Europe/London", "2026-11-24T07:59+00:00", "2026-11-24T08:00+00:00"),
        ("daily", "Europe/London", "2026-11-24T08:00+00:00", "2026-11-25T08:00+00:00"),
        ("daily", "America/New_York", "2026-11-24T12:00+00:00", "2026-11-24T13:00+00:00"),
        ("weekly", "Europe/London", "2026-11-24T12:00+00:00", "2026-11-30T08:00+00:00"),
        ("weekly", "Pacific/Kiritimati", "2026-11-29T17:59+00:00", "2026-11-29T18:00+00:00"),
        ("daily", "Europe/London", "2026-10-24T08:00+00:00", "2026-10-25T08:00+00:00"),  # the clocks go back
        ("daily", "Europe/London", "2027-03-27T09:00+00:00", "2027-03-28T07:00+00:00"),  # and forward
    ],
)
def test_the_next_morning(digest: str, zone: str, now: str, due: str) -> None:
    assert next_due(digest, zone, datetime.fromisoformat(now)) == datetime.fromisoformat(due)


@given(
    st.integers(0, 2 * 365 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.sampled_from(["Europe/London", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]),
    st.sampled_from(["daily", "weekly"]),
)
def test_it_is_always_ahead_and_in_the_morning(now: datetime, zone: str, digest: str) -> None:
    due = next_due(digest, zone, now)
    assert now < due <= now + timedelta(days=8)
    assert due.astimezone(ZoneInfo(zone)).hour == 8


def _send(app: Flask) -> None:
    with app.app_context():
        jobs.send_digests()


def _make_due(owner: Owner) -> None:
    owner.execute(
        "UPDATE notification_choices SET digest = 'daily', digest_due_at = now(), told_until = now() - interval '1 day'"
    )


def test_a_digest_once(app: Flask, office: Office, mailbox: Mailbox, owner: Owner) -> None:
    for name in ("One", "Two"):
        office.lead(name, channel="Paid Search")
    office.lead("Old", hours_ago=30)
    owner.execute("DELETE FROM mails")
    _make_due(owner)
    _send(app)
    _send(app)
    letter = mailbox.the_one(office.person.email)
    assert letter.subject == "Your day at Alice's Awnings"
    assert "New leads: 2" in letter.text and "- Paid Search: 2" in letter.text
    assert "/digest>" in letter.headers["List-Unsubscribe"]
    row = owner.execute(
        "SELECT digest_due_at > now(), told_until > now() - interval '1 minute' FROM notification_choices"
    )
    assert row.fetchone() == (True, True)


def test_a_quiet_time_is_not_mailed_about(app: Flask, office: Office, mailbox: Mailbox, owner: Owner) -> None:
    _make_due(owner)
    _send(app)
    assert mailbox.to(office.person.email) == []
    assert owner.execute("SELECT digest_due_at > now() FROM notification_choices").fetchone() == (True,)


def test_old_notifications_go(app: Flask, office: Office, owner: Owner) -> None:
    for _ in range(2):
        office.lead()
    owner.execute(
        "UPDATE notifications SET created_at = now() - interval '91 days'"
        " WHERE id = (SELECT id FROM notifications LIMIT 1)"
    )
    with app.app_context():
        jobs.purge()
    assert owner.execute("SELECT count(*) FROM notifications").fetchone() == (1,)
