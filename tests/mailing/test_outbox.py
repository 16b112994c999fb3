"""Mail leaves once the change is committed, is tried again when the server is busy, and is given up in the end."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from app.core import clock, tenancy
from app.mailing import gates, outbox
from tests.fixtures.application import NewSession, Owner
from tests.fixtures.mail import Mailbox
from tests.fixtures.people import Person


def _post(session: Session, to: str = "dana@example.com", **values: str) -> None:
    outbox.post(session, "confirm_address", to=to, **{"name": "Dana", "path": "/x", **values})


def _row(owner: Owner) -> tuple[object, ...]:
    row = owner.execute("SELECT state, reason, attempts, values::text FROM mails").fetchone()
    assert row
    return row


def test_mail_leaves_with_the_commit(session: Session, mailbox: Mailbox, owner: Owner) -> None:
    _post(session)
    assert mailbox.to("dana@example.com") == []
    session.commit()
    letter = mailbox.the_one("dana@example.com")
    assert letter.subject == "Confirm your e-mail address"
    assert _row(owner) == ("sent", "", 1, "{}")
    assert len(mailbox.to("dana@example.com")) == 1


def test_mail_does_not_leave_with_a_rollback(session: Session, mailbox: Mailbox) -> None:
    _post(session)
    session.rollback()
    assert mailbox.to("dana@example.com") == []


def test_it_belongs_to_the_company_that_is_served(
    new_session: NewSession, alice: Person, bob: Person, owner: Owner
) -> None:
    session = new_session()
    tenancy.serve(session, alice.company_id)
    _post(session)
    session.commit()
    assert owner.execute("SELECT company_id FROM mails").fetchone() == (alice.company_id,)


def test_an_address_that_nobody_has(session: Session, mailbox: Mailbox, owner: Owner) -> None:
    _post(session, "nobody@refused.example")
    session.commit()
    mailbox.deliver()
    assert _row(owner) == ("failed", "550 5.1.1 There is no such person here", 1, "{}")


def test_a_busy_server_is_asked_again(session: Session, mailbox: Mailbox, owner: Owner) -> None:
    _post(session, "dana@later.example")
    session.commit()
    mailbox.deliver()
    assert _row(owner)[:3] == ("pending", "451 4.3.2 Busy, try again later", 1)
    mailbox.deliver()
    assert _row(owner)[2] == 1
    owner.execute("UPDATE mails SET due_at = now(), recipient = 'dana@example.com'")
    assert len(mailbox.to("dana@example.com")) == 1


def test_after_two_days_it_is_given_up(session: Session, mailbox: Mailbox, owner: Owner) -> None:
    _post(session, "dana@later.example")
    session.commit()
    with time_machine.travel(clock.utc_now() + outbox.TRY_FOR + timedelta(minutes=1), tick=True):
        mailbox.deliver()
    assert _row(owner)[0] == "failed"


def test_one_bad_mail_holds_up_no_other(session: Session, mailbox: Mailbox, owner: Owner) -> None:
    outbox.post(session, "no_such_template", to="dana@example.com")
    _post(session, "no address at all")
    _post(session)
    session.commit()
    assert len(mailbox.to("dana@example.com")) == 1
    states = owner.execute("SELECT state, reason FROM mails ORDER BY id").fetchall()
    assert states == [("failed", "not written"), ("failed", "not written"), ("sent", "")]


def test_a_worker_that_died_is_replaced_and_cannot_write_any_more(
    new_session: NewSession, mailbox: Mailbox, owner: Owner
) -> None:
    session = new_session()
    _post(session)
    session.commit()
    [dead] = gates.claim(session, most=1, lease=timedelta(minutes=5))
    session.commit()
    assert mailbox.to("dana@example.com") == []
    owner.execute("UPDATE mails SET due_at = now()")
    assert len(mailbox.to("dana@example.com")) == 1
    assert not gates.settle(session, dead, "failed")
    assert _row(owner)[0] == "sent"


def test_the_same_mail_has_the_same_message_id(session: Session, mailbox: Mailbox, owner: Owner) -> None:
    _post(session)
    session.commit()
    first = mailbox.the_one("dana@example.com").headers["Message-ID"]
    owner.execute("""UPDATE mails SET state = 'sending', due_at = now(), values = '{"name": "Dana", "path": "/x"}'""")
    assert {letter.headers["Message-ID"] for letter in mailbox.to("dana@example.com")} == {first}


def test_retention(app: Flask, session: Session, owner: Owner) -> None:
    for _ in range(2):
        _post(session)
    session.commit()
    owner.execute("UPDATE mails SET state = 'sent', settled_at = now() - interval '29 days'")
    owner.execute("UPDATE mails SET settled_at = now() - interval '31 days' WHERE id = (SELECT id FROM mails LIMIT 1)")
    assert gates.purge(session) == 1


def test_how_many_an_address_got(session: Session) -> None:
    since = clock.utc_now() - timedelta(days=1)
    _post(session)
    _post(session, "DANA@example.com")
    _post(session, "other@example.com")
    session.commit()
    assert gates.count_to(session, "dana@Example.com", "confirm_address", since) == 2
    assert gates.count_to(session, "dana@example.com", "another", since) == 0


@pytest.mark.parametrize("attempts", [1, 5, 40, 10_000])
def test_pauses_stay_within_an_hour(attempts: int) -> None:
    assert timedelta(0) < outbox.pause_before_retry(attempts) <= timedelta(hours=1)
