"""The staff answer requests: the person gets it by mail, and the customer sees that it was done."""

import uuid

from tests.desk.conftest import Colleague
from tests.fixtures.application import Owner
from tests.fixtures.mail import Mailbox
from tests.fixtures.people import Person

Asked = tuple[str, str]


def test_a_request_is_listed_read_answered_and_closed(
    ann: Colleague, alice: Person, asked: Asked, mailbox: Mailbox, owner: Owner
) -> None:
    request_id, reference = asked
    thread_path = mailbox.the_one(alice.email).path("/support/requests/")
    page = ann.client.get("/desk").text
    assert "Delete us" in page
    assert "Alice&#39;s Awnings" in page
    assert "Please delete our account." in ann.client.get(f"/desk/requests/{request_id}").text
    answer = ann.client.post(f"/desk/requests/{request_id}/answers", data={"body": "Are you sure?"})
    assert answer.status_code == 303
    newest = mailbox.to(alice.email)[0]
    assert reference in newest.subject
    assert "Are you sure?" in newest.text
    assert "Ann, Leader support" in alice.client.get(thread_path).text
    assert "Delete us" not in ann.client.get("/desk").text
    assert "Delete us" in ann.client.get("/desk?state=answered").text
    assert ann.client.post(f"/desk/requests/{request_id}/settlement").status_code == 303
    assert owner.execute("SELECT state FROM support_requests").fetchone() == ("closed",)
    log = alice.client.get("/settings/security?group=staff").text
    assert "Support read your request" in log
    assert "Support answered your request" in log
    assert "Ann" in log


def test_an_empty_answer_comes_back_and_counts_as_read(ann: Colleague, asked: Asked, owner: Owner) -> None:
    answer = ann.client.post(f"/desk/requests/{asked[0]}/answers", data={"body": " \0"})
    assert answer.status_code == 422
    for entries in ("SELECT action AS kind FROM staff_entries", "SELECT kind FROM security_entries"):
        kinds = {kind for (kind,) in owner.execute(entries.encode()).fetchall()}
        assert "staff.read_request" in kinds
        assert "staff.answered_request" not in kinds


def test_what_is_not_confirmed_does_not_exist(ann: Colleague, asked: Asked, owner: Owner) -> None:
    owner.execute("UPDATE support_requests SET state = 'unconfirmed'")
    assert "Delete us" not in ann.client.get("/desk").text
    assert ann.client.get(f"/desk/requests/{asked[0]}").status_code == 404
    assert ann.client.get(f"/desk/requests/{uuid.uuid4()}").status_code == 404


def test_strange_addresses(ann: Colleague) -> None:
    assert ann.client.get("/desk?state=unconfirmed").status_code == 404
    assert ann.client.get("/desk?after=x").status_code == 422
    assert ann.client.get("/desk/requests/x").status_code == 404


def test_many_requests_come_in_pages(ann: Colleague, owner: Owner) -> None:
    for number in range(52):
        owner.execute(
            "INSERT INTO support_requests (id, reference, state, name, email, subject, language, token_hash,"
            " created_at, updated_at) VALUES (%s, 'S-1', 'open', 'N', 'n@example.com', %s, 'en', %s, now(), now())",
            (uuid.uuid4(), f"Question {number}.", uuid.uuid4().bytes),
        )
    page = ann.client.get("/desk").text
    assert "Question 49." in page
    assert "Question 51." not in page
    older = page.partition("after=")[2].partition('"')[0]
    assert "Question 51." in ann.client.get(f"/desk?after={older}").text
