"""The desk finds accounts and sees their facts, never leads; two persons close one for its owner."""

import uuid

import pytest
from flask import Flask

from tests.auth.test_two_step import Guarded
from tests.desk.conftest import Colleague
from tests.fixtures.application import Owner
from tests.fixtures.browser import Browser
from tests.fixtures.mail import Mailbox
from tests.fixtures.people import Person

Asked = tuple[str, str]
REASON = "The owner asked in the request, and answered that she is sure."


def _ask(colleague: Colleague, person: Person, reference: str, reason: str = REASON):  # type: ignore[no-untyped-def]
    typed = {"reference": reference, "reason": reason}
    return colleague.client.post(f"/desk/accounts/{person.company_id}/closings", data=typed)


def _closing(owner: Owner) -> str:
    row = owner.execute("SELECT id FROM staff_closings WHERE state = 'asked'").fetchone()
    assert row
    return f"/desk/closings/{row[0]}"


@pytest.mark.parametrize("by", ["email", "company_id"])
def test_found_by_address_or_id(ann: Colleague, alice: Person, charlie: Person, by: str) -> None:
    page = ann.client.get(f"/desk/accounts?q={getattr(alice, by)}").text
    assert "Alice&#39;s Awnings" in page
    assert "Charlie" not in page


@pytest.mark.parametrize("term", ["", "alice", "%25", "%00", "x" * 5000, "' OR 1=1"])
def test_nothing_is_found_by_parts(ann: Colleague, alice: Person, term: str) -> None:
    page = ann.client.get(f"/desk/accounts?q={term}")
    assert page.status_code == 200
    assert "Awnings" not in page.text


def test_facts_and_the_customers_log(ann: Colleague, alice: Person) -> None:
    page = ann.client.get(f"/desk/accounts/{alice.company_id}").text
    for fact in ("Alice&#39;s Awnings", "Europe/London", "Owner", "Not connected."):
        assert fact in page
    assert alice.email not in page
    assert "Support looked at the facts of your account, not at leads" in alice.client.get("/settings/security").text
    assert ann.client.get(f"/desk/accounts/{uuid.uuid4()}").status_code == 404


def test_two_persons_close_an_account(
    ann: Colleague, ben: Colleague, alice: Person, asked: Asked, mailbox: Mailbox, owner: Owner
) -> None:
    assert _ask(ann, alice, asked[1].lower()).status_code == 303
    closing = _closing(owner)
    assert "another person confirms it" in ann.client.get("/desk/closings").text
    assert ann.client.post(f"{closing}/confirmation").status_code == 303
    assert owner.execute("SELECT closed_at FROM companies").fetchone() == (None,)
    waiting = ben.client.get("/desk/closings").text
    assert REASON in waiting
    assert f"/desk/requests/{asked[0]}" in waiting
    assert ben.client.post(f"{closing}/confirmation").status_code == 303
    row = owner.execute("SELECT erase_at - closed_at = interval '30 days' FROM companies").fetchone()
    assert row == (True,)
    assert any("closed" in letter.subject for letter in mailbox.to(alice.email))
    assert alice.client.get("/leads").status_code == 303
    kinds = {kind for (kind,) in owner.execute("SELECT kind FROM security_entries").fetchall()}
    assert {"staff.asked_closing", "staff.confirmed_closing", "company.closed"} <= kinds
    assert ben.client.post(f"{closing}/confirmation").status_code == 303
    assert _ask(ann, alice, asked[1]).status_code == 422


def test_taken_back(ann: Colleague, ben: Colleague, alice: Person, asked: Asked, owner: Owner) -> None:
    assert _ask(ann, alice, asked[1]).status_code == 303
    assert "waits for a second person" in _ask(ben, alice, asked[1]).text
    closing = _closing(owner)
    assert ann.client.post(f"{closing}/withdrawal").status_code == 303
    assert ann.client.post(f"{closing}/withdrawal").status_code == 404
    assert "No account waits" in ben.client.get("/desk/closings").text
    assert owner.execute("SELECT closed_at FROM companies").fetchone() == (None,)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE support_requests SET email = 'else@example.com'",
        "UPDATE support_requests SET state = 'unconfirmed'",
        "UPDATE users SET email_confirmed_at = NULL",
        "UPDATE members SET role = 'admin'",
    ],
)
def test_only_for_a_verified_owner(ann: Colleague, alice: Person, asked: Asked, owner: Owner, change: str) -> None:
    owner.execute(change.encode())
    assert _ask(ann, alice, asked[1]).status_code == 422
    assert owner.execute("SELECT count(*) FROM staff_closings").fetchone() == (0,)


def test_not_for_another_company(ann: Colleague, alice: Person, bob: Person, asked: Asked, owner: Owner) -> None:
    assert _ask(ann, bob, asked[1]).status_code == 422
    seen = owner.execute("SELECT company_id FROM security_entries WHERE kind = 'staff.saw_account'").fetchall()
    assert seen == [(bob.company_id,)]


@pytest.mark.parametrize("typed", [("", REASON), ("S-1", ""), ("S-1", "x" * 1001), ("\0", "\0")])
def test_a_bad_form_comes_back_and_counts_as_seen(
    ann: Colleague, alice: Person, owner: Owner, typed: tuple[str, str]
) -> None:
    assert _ask(ann, alice, *typed).status_code == 422
    assert owner.execute("SELECT 1 FROM security_entries WHERE kind = 'staff.saw_account'").fetchone()


def test_a_browser_with_both_cookies(
    app: Flask, ann: Colleague, ben: Colleague, alice: Person, bob: Person, asked: Asked, owner: Owner
) -> None:
    """Somebody of the staff who is a customer too closes another company's account, and their own stays."""
    assert _ask(ann, alice, asked[1]).status_code == 303
    both: Browser = bob.client
    both.set_cookie("leader_desk", ben.client.cookie("leader_desk") or "", domain="127.0.0.1")
    assert both.post(f"{_closing(owner)}/confirmation").status_code == 303
    closed = {name for (name,) in owner.execute("SELECT name FROM companies WHERE closed_at IS NOT NULL").fetchall()}
    assert closed == {alice.company_name}
    assert both.get("/leads").status_code == 200


def test_each_action_is_in_the_log(ann: Colleague, alice: Person, asked: Asked, owner: Owner) -> None:
    owner.execute("DELETE FROM staff_entries")
    for path in (
        "",
        f"/requests/{asked[0]}",
        f"/accounts?q={alice.email}",
        f"/accounts/{alice.company_id}",
        "/closings",
    ):
        assert ann.client.get(f"/desk{path}").status_code == 200
    rows = owner.execute("SELECT action, staff_name FROM staff_entries ORDER BY at").fetchall()
    actions = ("saw_requests", "read_request", "searched", "saw_account", "saw_closings")
    assert rows == [(f"staff.{action}", "Ann") for action in actions]


def test_what_nobody_confirms_lapses(ann: Colleague, ben: Colleague, alice: Person, asked: Asked, owner: Owner) -> None:
    assert _ask(ann, alice, asked[1]).status_code == 303
    closing = _closing(owner)
    owner.execute("UPDATE staff_closings SET asked_at = now() - interval '8 days'")
    assert "No account waits" in ben.client.get("/desk/closings").text
    assert ben.client.post(f"{closing}/confirmation").status_code == 303
    assert owner.execute("SELECT closed_at FROM companies").fetchone() == (None,)
    assert _ask(ben, alice, asked[1]).status_code == 303
    states = owner.execute("SELECT state FROM staff_closings ORDER BY asked_at").fetchall()
    assert states == [("withdrawn",), ("asked",)]


def test_the_customer_reads_their_own_language_and_not_where_staff_work(
    ann: Colleague, ben: Colleague, alice: Person, asked: Asked, owner: Owner
) -> None:
    assert _ask(ann, alice, asked[1]).status_code == 303
    arabic = {"Accept-Language": "ar", "User-Agent": "Desk/1"}
    assert ben.client.post(f"{_closing(owner)}/confirmation", headers=arabic).status_code == 303
    entry = owner.execute(
        "SELECT user_name, ip_address, user_agent FROM security_entries WHERE kind = 'company.closed'"
    ).fetchone()
    assert entry == ("Leader support", "", "")
    mail = owner.execute("SELECT language FROM mails WHERE template = 'account_closed'").fetchone()
    assert mail == ("en",)


def test_two_step_is_turned_off_a_day_after_it_was_asked_for(
    ann: Colleague, alice: Person, bob: Person, asked: Asked, mailbox: Mailbox, owner: Owner
) -> None:
    Guarded(alice)
    Guarded(bob)
    path, reference = f"/desk/accounts/{alice.company_id}/two-step/end", {"reference": asked[1]}
    assert "a day old" in ann.client.post(path, data=reference).text
    owner.execute("UPDATE support_requests SET created_at = now() - interval '15 days'")
    assert ann.client.post(path, data=reference).status_code == 422, "a request of long ago asked for something else"
    owner.execute("UPDATE support_requests SET created_at = now() - interval '25 hours', state = 'closed'")
    assert ann.client.post(path, data=reference).status_code == 422
    owner.execute("UPDATE support_requests SET state = 'open'")
    for other, typed in ((path, ""), (path, "S-1"), (f"/desk/accounts/{bob.company_id}/two-step/end", asked[1])):
        assert ann.client.post(other, data={"reference": typed}).status_code == 422
    assert owner.execute("SELECT count(*) FROM second_factors").fetchone() == (2,)
    assert ann.client.post(path, data=reference).status_code == 303
    assert owner.execute("SELECT user_id FROM second_factors").fetchall() == [(bob.user_id,)]
    assert "Leader support turned two-step sign-in off" in mailbox.to(alice.email)[0].text
    assert alice.client.get("/leads").status_code == 303
    entry = "SELECT 1 FROM security_entries WHERE kind = 'staff.ended_two_step' AND company_id = %s"
    assert owner.execute(entry, (alice.company_id,)).fetchone()
    assert "no two-step sign-in" in ann.client.post(path, data=reference).text
