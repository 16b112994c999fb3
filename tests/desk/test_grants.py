"""Leads at the desk: with the owner's grant, while it lives, read only, and each look in the customer's log."""

import io
import uuid

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from tests.desk.conftest import Colleague
from tests.fixtures.application import NewSession, Owner
from tests.fixtures.people import Person
from tests.leads.conftest import Office

Asked = tuple[str, str]


@pytest.fixture
def office(alice: Person, new_session: NewSession) -> Office:
    return Office(alice, new_session)


def _give(person: Person, hours: str = "24") -> int:
    return person.client.post("/settings/support-access", data={"hours": hours}).status_code


def _leads(ann: Colleague, person: Person) -> str:
    return f"/desk/accounts/{person.company_id}/leads"


def _log(owner: Owner, person: Person) -> list[object]:
    statement = "SELECT kind FROM security_entries WHERE company_id = %s AND kind LIKE 'staff.%%' ORDER BY at, id"
    return [kind for (kind,) in owner.execute(statement, (person.company_id,)).fetchall()]


def test_without_a_grant_no_lead_is_read(ann: Colleague, alice: Person, office: Office, owner: Owner) -> None:
    lead_id = office.lead("Hannah Clarke")
    for path in (_leads(ann, alice), f"{_leads(ann, alice)}/{lead_id}"):
        answer = ann.client.get(path)
        assert answer.status_code == 403
        assert "Hannah" not in answer.text
    assert _log(owner, alice) == ["staff.refused_leads"] * 2
    refused = owner.execute("SELECT action, of_company FROM staff_entries WHERE action = 'staff.refused_leads'")
    assert refused.fetchall() == [("staff.refused_leads", alice.company_id)] * 2


def test_with_a_grant_each_look_is_written_down(ann: Colleague, alice: Person, office: Office, owner: Owner) -> None:
    lead_id = office.lead("Hannah Clarke", email="hannah@example.net", message="A roof, please.")
    office.lead("Spam", is_spam=True)
    assert _give(alice) == 303
    page = ann.client.get(_leads(ann, alice)).text
    assert "Hannah Clarke" in page and "Spam" not in page
    assert "A roof, please." in ann.client.get(f"{_leads(ann, alice)}/{lead_id}").text
    assert _log(owner, alice) == ["staff.saw_leads", "staff.saw_lead"]
    seen = owner.execute("SELECT lead_id FROM security_entries WHERE kind = 'staff.saw_lead'").fetchone()
    assert seen == (lead_id,)
    own_log = alice.client.get("/settings/security?group=staff").text
    assert "Support looked at a lead, as you allowed" in own_log and "Ann" in own_log


def test_an_ended_grant_dies_at_once(ann: Colleague, alice: Person, office: Office, owner: Owner) -> None:
    office.lead()
    assert _give(alice) == 303
    row = owner.execute("SELECT id FROM access_grants").fetchone()
    assert row
    assert ann.client.get(_leads(ann, alice)).status_code == 200
    assert alice.client.post(f"/settings/support-access/{row[0]}/end").status_code == 303
    assert ann.client.get(_leads(ann, alice)).status_code == 403
    assert alice.client.post(f"/settings/support-access/{row[0]}/end").status_code == 404


@pytest.mark.parametrize(
    "end",
    [
        "UPDATE access_grants SET created_at = now() - interval '2 hours', ends_at = now() - interval '1 second'",
        "UPDATE companies SET closed_at = now(), erase_at = now() + interval '30 days'",
        "DELETE FROM staff_sessions",
    ],
)
def test_a_grant_ends_with_its_time_the_account_and_the_session(
    ann: Colleague, alice: Person, office: Office, owner: Owner, end: str
) -> None:
    office.lead()
    assert _give(alice) == 303
    owner.execute(end.encode())
    assert ann.client.get(_leads(ann, alice)).status_code in (303, 403)


def test_a_grant_is_for_one_company(ann: Colleague, alice: Person, bob: Person, new_session: NewSession) -> None:
    lead_id = Office(bob, new_session).lead("Bobs own")
    assert _give(alice) == 303
    assert ann.client.get(_leads(ann, bob)).status_code == 403
    assert ann.client.get(f"{_leads(ann, alice)}/{lead_id}").status_code == 404
    assert ann.client.get(f"{_leads(ann, alice)}/{uuid.uuid4()}").status_code == 404


def test_one_lives_at_a_time_and_none_longer_than_a_week(alice: Person, charlie: Person, owner: Owner) -> None:
    for hours in ("", "0", "169", "999999", "-1", "²"):
        assert _give(alice, hours) == 422
    assert _give(alice, "168") == _give(alice, "1") == 303
    rows = owner.execute("SELECT ended_at IS NULL FROM access_grants ORDER BY id").fetchall()
    assert rows == [(False,), (True,)]
    row = owner.execute("SELECT id FROM access_grants ORDER BY id DESC").fetchone()
    assert row
    assert charlie.client.post(f"/settings/support-access/{row[0]}/end").status_code == 404
    assert "Until" in alice.client.get("/settings/support-access").text


@pytest.mark.parametrize("role", ["admin", "member", "viewer"])
def test_only_the_owner_lets_anybody_in(alice: Person, owner: Owner, role: str) -> None:
    owner.execute("UPDATE members SET role = %s", (role,))
    assert _give(alice) == 403
    assert alice.client.get("/settings/support-access").status_code == 403


def test_the_role_that_reads_leads_sees_none_without_a_grant(alice: Person, office: Office, owner: Owner) -> None:
    """Row-level security asks for the grant itself, whatever a function forgot to ask."""
    office.lead()
    counted = "SELECT count(*) FROM leads"

    def as_helper() -> object:
        owner.execute("BEGIN")
        try:
            owner.execute("SET LOCAL ROLE leader_helper")
            row = owner.execute(counted.encode()).fetchone()
            return row and row[0]
        finally:
            owner.execute("ROLLBACK")

    assert as_helper() == 0
    assert _give(alice) == 303
    assert as_helper() == 1


def test_no_gate_answers_without_a_session_of_the_staff(alice: Person, new_session: NewSession, office: Office) -> None:
    office.lead()
    _give(alice)
    for gate in (
        "desk_leads(:no, :company, NULL, NULL, 9)",
        "desk_grant(:no, :company)",
        "desk_lead(:no, :company, :company)",
    ):
        with pytest.raises(Exception, match="nobody of the staff"):
            new_session().execute(text(f"SELECT * FROM {gate}"), {"no": b"x", "company": alice.company_id})  # noqa: S608 - names of this file
    with pytest.raises(ProgrammingError, match="permission denied"):
        new_session().execute(text("SELECT desk_note_lead('x', 'a', :c, :c)"), {"c": alice.company_id})


def test_every_page_and_action_of_the_desk_is_in_the_log(
    app: Flask, ann: Colleague, ben: Colleague, alice: Person, asked: Asked, office: Office, owner: Owner
) -> None:
    """Whatever is added to the desk is walked over here; each answer that is not a refused form leaves an entry."""
    lead_id = office.lead()
    _give(alice)
    form = {"reference": asked[1], "reason": "The owner asked.", "body": "Hello."}
    ann.client.post(f"/desk/accounts/{alice.company_id}/closings", data=form)
    note = {"file": (io.BytesIO(b"Do this."), "steps.txt")}
    assert ann.client.post(f"/desk/requests/{asked[0]}/files", data=note).status_code == 303
    closing = owner.execute("SELECT id FROM staff_closings").fetchone()
    file = owner.execute("SELECT id FROM support_files").fetchone()
    assert closing and file
    ids = {"file_id": file[0]}
    ids |= {"company_id": alice.company_id, "lead_id": lead_id, "request_id": asked[0], "closing_id": closing[0]}
    walked = []
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint == "desk.sign_out", rule.rule))
    for rule in rules:
        if not rule.endpoint.startswith("desk.") or rule.endpoint == "desk.sign_in":
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            address = app.url_map.bind("127.0.0.1").build(
                rule.endpoint, {name: ids[name] for name in rule.arguments}, method=method
            )
            query = f"?q={alice.email}" if rule.endpoint == "desk.find" else ""
            before = owner.execute("SELECT count(*) FROM staff_entries").fetchone()
            answer = ben.client.open(address + query, method=method, data=form)
            assert answer.status_code in (200, 303, 404, 422), (address, answer.status_code)
            after = owner.execute("SELECT count(*) FROM staff_entries").fetchone()
            if answer.status_code in (200, 303):
                assert before and after and after > before, (method, address)
            walked.append(rule.endpoint)
    assert {"desk.show_leads", "desk.show_lead", "desk.answer", "desk.sign_out"} <= set(walked)
