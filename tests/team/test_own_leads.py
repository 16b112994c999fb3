"""A member who sees their own leads alone is curious: every address, every list, every form."""

import re
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.capture.models import Consent
from app.core import tenancy
from app.core.clock import utc_now
from app.core.events import Actor, Event
from app.core.ids import new_id
from app.follow_up import tags, tasks
from app.leads import notes
from app.leads.models import Lead
from app.notifications import digests
from app.reports.models import DayDue
from tests.fixtures.application import NewSession, Owner
from tests.fixtures.people import Person, Welcome
from tests.leads.conftest import HTMX, Office
from tests.leads.conftest import office as office
from tests.leads.conftest import office_of as office_of
from tests.notifications.conftest import move

SECRET, OWN = "Sigrid Secret", "Olga Own"


class Curious:
    """Mia in Alice's company, a lead of hers, and one of Alice's with all that can hang from a lead."""

    def __init__(self, office: Office, mia: Person) -> None:
        self.office, self.mia = office, mia
        alice = office.person.user_id
        self.secret = office.lead(SECRET, email="sigrid@example.com", phone="07700 900999", owner_id=alice)
        self.own = office.lead(OWN, owner_id=mia.user_id)
        with office.serving() as session:
            from_alice = Actor(alice, "Alice")
            task = tasks.plan(
                session, self.secret, title=SECRET, due_at=utc_now(), assignee_id=mia.user_id, actor=from_alice
            )
            notes.add(session, self.secret, SECRET, actor=from_alice)
            self.tag = tags.put(session, self.secret, "Roof", actor=from_alice).id
            session.commit()
            self.task = task.id


@pytest.fixture
def mia(alice: Person, welcome: Welcome, owner: Owner) -> Person:
    person = welcome("Mia", "Mia's")
    move(owner, person, alice, "member")
    return person


@pytest.fixture
def curious(office: Office, mia: Person) -> Curious:
    answer = office.post(f"/settings/team/{mia.user_id}/sight", {"only_own": "y"})
    assert answer.status_code == 303
    return Curious(office, mia)


LISTS = (
    "/leads",
    "/leads?q=sigrid",
    "/leads?owner=nobody",
    "/leads?stage=New",
    "/leads?tag=Roof",
    "/leads/arrivals",
    "/leads/board",
    "/leads/selection",
    "/leads/export.csv",
    "/leads/export.csv?q=sigrid",
    "/today",
    "/today?whose=all",
    "/calls",
    "/conversions",
    "/notifications",
    "/settings/data/mine.json",
)


def test_no_list_shows_anothers_lead(curious: Curious) -> None:
    for address in LISTS:
        for headers in ({}, HTMX):
            answer = curious.mia.client.get(address, headers=headers)
            assert answer.status_code in (200, 204), address
            assert SECRET not in answer.text and "sigrid@" not in answer.text, address
    for address in ("/leads", "/leads?q=olga", "/leads/board", "/leads/selection", "/leads/export.csv"):
        assert OWN in curious.mia.client.get(address).text, address
    assert SECRET in curious.office.get("/leads").text


def test_consent_withdrawn_by_somebody_holds_for_the_person(curious: Curious) -> None:
    theirs = curious.office.lead(OWN, email="sigrid@example.com", owner_id=curious.mia.user_id)
    assert curious.mia.client.post(f"/leads/{curious.secret}/consent/withdrawal", data={}).status_code in (403, 404)
    today = f"{utc_now():%Y-%m-%d}"
    answer = curious.mia.client.post(f"/leads/{theirs}/consent/withdrawal", data={"on": today})
    assert answer.status_code == 303, answer.text
    with curious.office.serving() as session:
        withdrawn = set(session.scalars(select(Consent.lead_id).where(Consent.withdrawn_on.is_not(None))))
    assert withdrawn == {curious.secret, theirs}
    assert SECRET not in curious.mia.client.get("/leads").text


def test_no_address_of_a_lead_answers(curious: Curious, app: Flask) -> None:
    """Whatever route names a lead or what hangs from it."""
    ids = {"lead_id": curious.secret, "task_id": curious.task, "tag_id": curious.tag}
    typed = {"stage": "Won", "body": "x", "name": "x", "title": "x", "due_on": "2026-12-01"}
    tried = 0
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/desk") or not {"lead_id", "task_id"} & rule.arguments:
            continue
        address = rule.rule
        for name in rule.arguments:
            address = re.sub(rf"<[^<>]*{name}>", str(ids.get(name, new_id())), address)
        address = re.sub(r"<any\(([^,)]*)[^>]*>", r"\1", address)
        method = "GET" if "GET" in cast(set[str], rule.methods) else "POST"
        answer = curious.mia.client.open(address, method=method, data=typed)
        assert answer.status_code in (403, 404, 422), (method, address)
        assert SECRET not in answer.text
        tried += 1
    assert tried > 15
    assert curious.office.read(curious.secret).version == 1


def test_nothing_is_changed_among_many(curious: Curious) -> None:
    data = {"lead": str(curious.secret), "stage": "Won", "tag": "Mine", "owner": "me"}
    curious.mia.client.post("/leads/bulk-changes", data=data)
    token = ",".join((str(curious.secret), "", "", str(new_id()), str(curious.office.person.user_id), ""))
    curious.mia.client.post("/leads/bulk-changes/undo", data={"back": token})
    assert (
        curious.mia.client.post("/leads/board/moves", data={"lead": str(curious.secret), "stage": "Won"}).status_code
        == 404
    )
    lead = curious.office.read(curious.secret)
    assert (lead.version, lead.owner_id) == (1, curious.office.person.user_id)


def test_reports_are_of_all_leads_and_so_not_theirs(curious: Curious) -> None:
    for address in ("/reports", "/reports/sources", "/reports/pipeline", "/reports/team", "/reports/months"):
        assert curious.mia.client.get(address).status_code == 403
    for address in ("/reports/costs", "/reports/costs/reading", "/reports/costs/files", "/conversions/diagnostics"):
        assert curious.mia.client.get(address).status_code == 403, address
        assert curious.office.get(address).status_code == 200, address
    assert "/conversions/diagnostics" not in curious.mia.client.get("/conversions").text
    assert "/conversions/diagnostics" in curious.office.get("/conversions").text
    assert 'href="/reports"' not in curious.mia.client.get("/leads").text
    assert 'href="/reports"' in curious.office.get("/leads").text


def test_they_work_on_what_is_theirs_and_keep_what_they_add(curious: Curious) -> None:
    here = f"/leads/{curious.own}"
    client = curious.mia.client
    assert client.post(f"{here}/stage-changes", data={"stage": "Won"}).status_code == 303
    assert client.post(f"{here}/notes", data={"body": "Rang."}).status_code == 303
    assert "Rang." in client.get(here).text
    added = client.post("/leads", data={"name": "Walk-in", "way": "visit"})
    assert added.status_code == 303
    assert client.get(added.location).status_code == 200


def test_giving_a_lead_away_hides_it(curious: Curious) -> None:
    here = f"/leads/{curious.own}"
    answer = curious.mia.client.post(f"{here}/assignments", data={"owner": str(curious.office.person.user_id)})
    assert answer.status_code == 303
    assert curious.mia.client.get(answer.location).status_code == 200
    assert curious.mia.client.get(here).status_code == 404
    assert curious.office.read(curious.own).owner_id == curious.office.person.user_id
    assert len(curious.office.events(curious.own, "lead.assigned")) == 1


def test_live_news_and_the_bell_are_of_their_own(curious: Curious) -> None:
    curious.office.lead("Fresh Secret", hours_ago=0.01)
    curious.office.lead("Fresh Own", hours_ago=0.01, owner_id=curious.mia.user_id)
    address = re.search(r'hx-get="(/leads/arrivals[^"]*)"', curious.mia.client.get("/leads").text)
    assert address
    text = curious.mia.client.get("/leads/arrivals", headers=HTMX).text + curious.mia.client.get("/notifications").text
    assert "Fresh Secret" not in text
    assert "Fresh Own" in curious.mia.client.get("/notifications").text


def test_the_digest_counts_their_own(curious: Curious, owner: Owner) -> None:
    owner.execute(
        "UPDATE notification_choices SET digest = 'daily', digest_due_at = now(), told_until = now() - interval '1 day'"
        " WHERE user_id = %s",
        (curious.mia.user_id,),
    )
    with curious.office.serving() as session:
        assert digests.send(session, curious.mia.user_id)
        session.commit()
    row = owner.execute("SELECT \"values\" ->> 'arrived' FROM mails WHERE template = 'digest'").fetchone()
    assert row == ("1",)


def test_the_database_keeps_to_it_whatever_is_asked(curious: Curious, new_session: NewSession, owner: Owner) -> None:
    """Each table that hangs from a lead, by a statement that nobody filtered."""
    session = new_session()
    tenancy.serve(session, curious.office.person.company_id, only_of=curious.mia.user_id)
    hanging = owner.execute(
        "SELECT DISTINCT c.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
        " JOIN pg_class l ON l.oid = k.confrelid WHERE k.contype = 'f' AND l.relname = 'leads'"
        " AND c.relname <> 'security_entries'"  # read by the owner alone
    ).fetchall()
    for (table,) in hanging:
        found = owner.execute(
            "SELECT 1 FROM pg_policies WHERE tablename = %s AND policyname = 'own_leads'", (table,)
        ).fetchone()
        assert found, f"{table}: add op.execute(\"SELECT keep_to_own_leads('{table}')\") to its migration"
    for table in ("notes", "events", "tasks", "lead_tags"):
        statement = text(f"SELECT count(*) FROM {table} WHERE lead_id = :id")  # noqa: S608 - names from above
        assert session.scalar(statement, {"id": curious.secret}) == 0
        with curious.office.serving() as other:
            assert other.scalar(statement, {"id": curious.secret})
    assert session.scalar(text("SELECT count(*) FROM leads")) == 1
    session.commit()
    assert session.scalar(text("SELECT count(*) FROM leads")) == 1
    with pytest.raises(tenancy.TenancyError):
        tenancy.serve(session, curious.office.person.company_id)


def test_what_fails_while_seeing_all_leaves_the_door_shut(curious: Curious, new_session: NewSession) -> None:
    session = new_session()
    tenancy.serve(session, curious.office.person.company_id, only_of=curious.mia.user_id)
    with pytest.raises(ValueError, match="stop"), tenancy.seeing_all(session):
        assert session.scalar(select(func.count()).select_from(Lead)) == 2
        raise ValueError("stop")
    assert session.scalar(select(func.count()).select_from(Lead)) == 1


def test_only_managers_say_what_a_member_sees(curious: Curious, charlie: Person, owner: Owner) -> None:
    address = f"/settings/team/{curious.mia.user_id}/sight"
    assert curious.mia.client.post(address, data={}).status_code == 403
    assert charlie.client.post(address, data={}).status_code == 404
    assert curious.office.post(f"/settings/team/{curious.office.person.user_id}/sight", {}).status_code == 422
    assert curious.office.post(address, {}).status_code == 303
    assert SECRET in curious.mia.client.get("/leads").text
    owner.execute(
        "UPDATE members SET role = 'admin', sees_own_leads_only = true WHERE user_id = %s", (curious.mia.user_id,)
    )
    assert SECRET in curious.mia.client.get("/leads").text  # counts for the role "member" alone


def test_whoever_leaves_hands_over(curious: Curious, owner: Owner) -> None:
    alice = curious.office.person.user_id
    owner.execute("DELETE FROM report_days_due")
    address = f"/settings/team/{curious.mia.user_id}/removal"
    for bad in (str(curious.mia.user_id), "x"):
        assert curious.office.post(address, {"heir": bad}).status_code == 422
    assert curious.office.post(address, {"heir": str(new_id())}).status_code == 404
    assert curious.office.post(address, {"heir": str(alice)}).status_code == 303
    lead = curious.office.read(curious.own)
    assert (lead.owner_id, lead.version) == (alice, 2)
    assert [event.data["name"] for event in curious.office.events(curious.own, "lead.assigned")] == ["Alice"]
    row = owner.execute("SELECT assignee_id FROM tasks WHERE id = %s", (curious.task,)).fetchone()
    assert row == (alice,)
    with curious.office.serving() as session:
        assert session.scalar(select(DayDue.id).limit(1))
        assert session.scalar(select(Event.id).where(Event.type == "member.removed"))


def test_without_an_heir_nobody_has_them(curious: Curious) -> None:
    assert curious.office.post(f"/settings/team/{curious.mia.user_id}/removal", {}).status_code == 303
    assert curious.office.read(curious.own).owner_id is None
