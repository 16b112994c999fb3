"""Each member is told once of what concerns them, in the way they chose."""

import pytest

from app.core import events
from app.core.events import Actor
from app.follow_up import assignment
from app.notifications import telling
from tests.fixtures.application import Owner
from tests.fixtures.mail import Mailbox
from tests.fixtures.people import Person
from tests.leads.conftest import Office
from tests.notifications.conftest import move


def test_the_owner_can_call_from_the_mail(office: Office, mailbox: Mailbox) -> None:
    values = {"phone": "0161 496 0123", "phone_e164": "+441614960123", "email": "h@customer.example"}
    lead_id = office.lead("Hannah Clarke", source_words="Google Ads · Spring roofing", **values)
    letter = mailbox.the_one(office.person.email)
    assert letter.subject == "New lead: Hannah Clarke"
    for words in ("Hannah Clarke", "0161 496 0123", "h@customer.example", "Google Ads · Spring roofing"):
        assert words in letter.text and words in letter.html
    assert 'href="tel:+441614960123"' in letter.html
    assert letter.path("/leads/") == f"/leads/{lead_id}"
    assert letter.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_names_from_strangers_stay_words(office: Office, mailbox: Mailbox) -> None:
    office.lead('<a href="https://evil.example">x</a>\r\nBcc: all@example.com')
    letter = mailbox.the_one(office.person.email)
    assert "Bcc" not in letter.headers
    assert "&lt;a href=" in letter.html and '<a href="https://evil' not in letter.html


def test_everybody_but_viewers_is_told(
    office: Office, mia: Person, viewer: Person, bob: Person, owner: Owner, mailbox: Mailbox
) -> None:
    move(owner, viewer, office.person, "viewer")
    office.lead()
    assert len(mailbox.to(office.person.email)) == len(mailbox.to(mia.email)) == 1
    assert mailbox.to(viewer.email) == mailbox.to(bob.email) == []


@pytest.mark.parametrize("change", [{"is_spam": True}, {"is_demo": True}])
def test_spam_and_demonstration_are_silent(office: Office, mailbox: Mailbox, change: dict[str, bool]) -> None:
    office.lead(**change)
    assert mailbox.to(office.person.email) == []


def test_an_unconfirmed_address_gets_no_mail(office: Office, mailbox: Mailbox, owner: Owner) -> None:
    owner.execute("UPDATE users SET email_confirmed_at = NULL")
    office.lead()
    assert mailbox.to(office.person.email) == []
    assert owner.execute("SELECT count(*) FROM notifications").fetchone() == (1,)


def test_the_same_event_is_told_once(office: Office, mailbox: Mailbox, owner: Owner) -> None:
    lead_id = office.lead()
    [event] = office.events(lead_id, "lead.arrived")
    with office.serving() as session, pytest.raises(Exception, match="uq_notifications"):
        telling.tell_for_event(session, event)
    assert len(mailbox.to(office.person.email)) == 1


def test_a_flood_is_told_at_the_bell(office: Office, mailbox: Mailbox, owner: Owner) -> None:
    for number in range(telling.MAILS_AN_HOUR + 3):
        office.lead(f"Lead {number}")
    assert len(mailbox.to(office.person.email)) == telling.MAILS_AN_HOUR
    assert owner.execute("SELECT count(*) FROM notifications").fetchone() == (telling.MAILS_AN_HOUR + 3,)


def test_who_gets_a_lead_is_told_unless_they_took_it(office: Office, mia: Person, mailbox: Mailbox) -> None:
    lead_id = office.lead()
    alice = Actor(office.person.user_id, "Alice")
    with office.serving() as session:
        assignment.assign(session, lead_id, mia.user_id, actor=alice)
        assignment.assign(session, lead_id, office.person.user_id, actor=alice)
        session.commit()
    assert [letter.subject for letter in mailbox.to(mia.email)] == [
        "Hannah Clarke was given to you",
        "New lead: Hannah Clarke",
    ]
    assert "Alice gave you this lead." in mailbox.to(mia.email)[0].text
    assert len(mailbox.to(office.person.email)) == 1


def test_mentions_tasks_and_connections(office: Office, mia: Person, mailbox: Mailbox) -> None:
    lead_id = office.lead()
    with office.serving() as session:
        events.record(session, "lead.mentioned", lead_id=lead_id, user_ids=[str(mia.user_id)])
        events.record(session, "lead.task_due", lead_id=lead_id, title="Call back", assignee_id=str(mia.user_id))
        session.commit()
    assert [letter.subject for letter in mailbox.to(mia.email)][:2] == [
        "Due now: Call back",
        "You were mentioned in a note about Hannah Clarke",
    ]
    assert len(mailbox.to(office.person.email)) == 1
    page = mia.client.get("/notifications").text
    assert "Due now: Call back (Hannah Clarke)" in page and "mentioned in a note about Hannah Clarke" in page


def test_a_broken_connection_is_told_to_who_can_mend_it(office: Office, mia: Person, owner: Owner) -> None:
    with office.serving() as session:
        event = events.Event(type="connection.broken", data={}, at=events.utc_now())
        session.add(event)
        session.flush()
        telling.tell_for_event(session, event)
        session.commit()
    assert owner.execute("SELECT user_id FROM notifications").fetchall() == [(office.person.user_id,)]
