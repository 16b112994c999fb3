"""The bell, its list, each member's wishes, and mail that ends with one click."""

import uuid

import pytest

from tests.fixtures.application import Owner
from tests.fixtures.browser import Browser
from tests.fixtures.mail import Mailbox
from tests.fixtures.people import Person
from tests.leads.conftest import Office


def _note(owner: Owner) -> uuid.UUID:
    row = owner.execute("SELECT id FROM notifications").fetchone()
    assert row and isinstance(row[0], uuid.UUID)
    return row[0]


def test_the_bell_counts_and_the_list_opens(office: Office, owner: Owner) -> None:
    client = office.person.client
    assert "Nothing yet" in client.get("/notifications").text
    lead_id = office.lead()
    assert ">1</span>" in client.get("/notifications/count").text
    assert "New lead: Hannah Clarke" in client.get("/notifications").text
    answer = client.post(f"/notifications/{_note(owner)}/readings")
    assert (answer.status_code, answer.location) == (303, f"/leads/{lead_id}")
    assert ">1</span>" not in client.get("/notifications/count").text


def test_everything_is_read_at_once(office: Office) -> None:
    for _ in range(3):
        office.lead()
    assert office.person.client.post("/notifications/readings").status_code == 303
    assert 'hidden hx-swap-oob="true"' in office.person.client.get("/notifications/count").text


def test_of_another_there_is_nothing(office: Office, mia: Person, charlie: Person, owner: Owner) -> None:
    office.lead()
    owner.execute("DELETE FROM notifications WHERE user_id = %s", (mia.user_id,))
    for person in (mia, charlie):
        assert person.client.post(f"/notifications/{_note(owner)}/readings").status_code == 404
        assert "Hannah" not in person.client.get("/notifications").text
        person.client.post("/notifications/readings")
    assert owner.execute("SELECT count(*) FROM notifications WHERE read_at IS NULL").fetchone() == (1,)


def test_pages_go_on_after_the_last_row(office: Office, owner: Owner) -> None:
    office.lead()
    owner.execute(
        "INSERT INTO notifications SELECT company_id, gen_random_uuid(), user_id, gen_random_uuid(), kind, lead_id,"
        " data, NULL, created_at - interval '1 second' * n FROM notifications, generate_series(1, 60) n"
    )
    first = office.person.client.get("/notifications").text
    assert first.count("New lead:") == 2 * 50
    older = first.split('href="/notifications?after=')[1].split('"')[0]
    assert office.person.client.get(f"/notifications?after={older}").text.count("New lead:") == 2 * 11
    assert office.person.client.get("/notifications?after=broken").status_code == 422


def test_wishes_are_kept_and_followed(office: Office, mailbox: Mailbox, owner: Owner) -> None:
    client = office.person.client
    data = {"mail": ["assigned", "nonsense"], "bell": ["new_lead"], "digest": "daily"}
    assert client.post("/settings/notifications", data=data).status_code == 303
    row = owner.execute("SELECT no_mail, no_bell, digest FROM notification_choices").fetchone()
    assert row == (
        ["new_lead", "mention", "missed_call", "task_due", "connection"],
        ["assigned", "mention", "missed_call", "task_due", "connection"],
        "daily",
    )
    office.lead()
    assert mailbox.to(office.person.email) == []
    assert ">1</span>" in client.get("/notifications/count").text
    client.post("/settings/notifications", data={"digest": "hourly"})
    office.lead()
    assert owner.execute("SELECT count(*) FROM notifications").fetchone() == (1,)
    assert owner.execute("SELECT digest FROM notification_choices").fetchone() == ("daily",)


def test_a_viewer_has_wishes_too(viewer: Person) -> None:
    assert viewer.client.get("/settings/notifications").status_code == 200
    assert viewer.client.post("/settings/notifications", data={"digest": "none"}).status_code == 303


def test_one_click_ends_mail_of_this_kind(office: Office, client: Browser, mailbox: Mailbox) -> None:
    """As a mail program posts it: no cookie, no token (RFC 8058)."""
    office.lead()
    letter = mailbox.the_one(office.person.email)
    path = letter.headers["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")
    assert "No more mails of this kind?" in client.get(path).text
    office.lead()
    assert len(mailbox.to(office.person.email)) == 2  # looking at the page ends nothing
    answer = client.post(path, data={"List-Unsubscribe": "One-Click"}, csrf=False)
    assert answer.status_code == 200
    office.lead()
    assert len(mailbox.to(office.person.email)) == 2


@pytest.mark.parametrize("path", ["/unsubscribe/x/new_lead", "/unsubscribe/%00/digest", "/unsubscribe/x/y"])
def test_links_that_end_nothing(client: Browser, path: str) -> None:
    assert client.get(path).status_code == client.post(path, csrf=False).status_code == 404


def test_a_link_of_one_ends_the_mail_of_no_other(
    office: Office, mia: Person, bob: Person, client: Browser, owner: Owner
) -> None:
    row = owner.execute(
        "SELECT unsubscribe_key FROM notification_choices WHERE user_id = %s", (office.person.user_id,)
    ).fetchone()
    assert row
    for browser in (client, bob.client):
        assert browser.post(f"/unsubscribe/{row[0]}/digest", csrf=False).status_code == 200
    others = owner.execute(
        "SELECT user_id, digest FROM notification_choices WHERE user_id <> %s", (mia.user_id,)
    ).fetchall()
    assert dict(others) == {office.person.user_id: "none", bob.user_id: "weekly"}


def test_what_became_of_mail_is_seen_by_who_runs_the_company(
    office: Office, mia: Person, charlie: Person, mailbox: Mailbox, owner: Owner
) -> None:
    assert "No mail yet" in office.person.client.get("/settings/mail").text
    owner.execute("UPDATE users SET email = 'alice@refused.example' WHERE id = %s", (office.person.user_id,))
    office.lead()
    mailbox.deliver()
    page = office.person.client.get("/settings/mail").text
    assert "Not delivered" in page and "550 5.1.1" in page and mia.email in page
    assert "Hannah" not in page
    assert mia.client.get("/settings/mail").status_code == 403
    assert mia.email not in charlie.client.get("/settings/mail").text
