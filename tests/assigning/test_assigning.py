"""Who gets a new lead: by rule, in turn, one at a time."""

import threading
import uuid
from datetime import timedelta

import pytest

from app.attribution.models import Touchpoint
from app.core import events, tenancy
from app.core.clock import utc_now
from app.core.ids import new_id
from app.leads.models import Lead
from tests.fixtures.application import NewSession, Owner
from tests.fixtures.people import Person
from tests.leads.conftest import Office, OfficeOf

PAGE = "/settings/assignment"


def add(office: Office, *members: Person, field: str = "any", wanted: str = "") -> int:
    data = {"field": field, "wanted": wanted, "channel": wanted, "member": [str(each.user_id) for each in members]}
    return office.person.client.post(PAGE, data=data).status_code


def owner_of(office: Office, lead_id: uuid.UUID) -> uuid.UUID | None:
    return office.read(lead_id).owner_id


def test_members_take_turns(office: Office, mia: Person) -> None:
    assert add(office, office.person, mia) == 303
    got = [owner_of(office, office.lead(f"Lead {n}")) for n in range(4)]
    assert got[0] != got[1] and got[:2] == got[2:]
    assert set(got) == {office.person.user_id, mia.user_id}


def test_it_is_told_and_written_down(office: Office, mia: Person) -> None:
    add(office, mia)
    lead_id = office.lead("Hannah")
    (event,) = office.events(lead_id, "lead.assigned")
    assert (event.actor_id, event.data["name"]) == (None, "Mia")
    assert "Hannah was given to you" in mia.client.get("/notifications").text


def test_the_first_rule_that_fits(office: Office, mia: Person) -> None:
    alice = office.person
    assert add(office, mia, field="channel", wanted="Paid Search") == 303
    assert add(office, mia, field="source", wanted="yelp") == 303
    assert add(office, alice) == 303
    assert owner_of(office, office.lead(channel="Paid Search")) == mia.user_id
    assert owner_of(office, office.lead(source_words="Yelp, reviews")) == mia.user_id
    assert owner_of(office, office.lead(channel="Email")) == alice.user_id


def test_by_campaign(office: Office, mia: Person) -> None:
    add(office, mia, field="campaign", wanted="spring")
    lead_id, now = new_id(), utc_now()
    with office.serving() as session:
        session.add(Lead(id=lead_id, stage_id=office.stage_ids["New"], name="x", currency="GBP"))
        session.flush()
        touch = {"kind": "visit", "occurred_at": now, "channel": "x", "channel_reason": "x", "source_words": "x"}
        session.add(Touchpoint(lead_id=lead_id, utm={"utm_campaign": "Spring roofing"}, **touch))
        session.flush()
        events.record(session, "lead.arrived", lead_id=lead_id)
        session.commit()
    assert owner_of(office, lead_id) == mia.user_id
    assert owner_of(office, office.lead()) is None


@pytest.mark.parametrize("what", ["is_spam", "is_test", "is_demo"])
def test_what_does_not_count_uses_up_no_turn(office: Office, what: str) -> None:
    add(office, office.person)
    assert owner_of(office, office.lead(**{what: True})) is None


def test_who_is_away_or_only_looks_is_passed_by(office: Office, mia: Person, owner: Owner) -> None:
    add(office, office.person, mia)
    today = utc_now().date()
    address = f"/settings/team/{mia.user_id}/absence"
    assert office.post(address, {"away_until": str(today + timedelta(days=2))}).status_code == 303
    assert {owner_of(office, office.lead()) for _ in range(3)} == {office.person.user_id}
    assert mia.client.post(address, data={"away_until": ""}).status_code == 303  # back again, by herself
    assert mia.user_id in {owner_of(office, office.lead()) for _ in range(2)}
    owner.execute("UPDATE members SET role = 'viewer' WHERE user_id = %s", (mia.user_id,))
    assert {owner_of(office, office.lead()) for _ in range(2)} == {office.person.user_id}


def test_absence_is_ones_own_affair_or_a_managers(office: Office, mia: Person, charlie: Person) -> None:
    alice = f"/settings/team/{office.person.user_id}/absence"
    assert mia.client.post(alice, data={"away_until": ""}).status_code == 403
    assert charlie.client.post(alice, data={"away_until": ""}).status_code == 404
    assert office.post(alice, {"away_until": "soon"}).status_code == 422


def test_two_arrive_at_once(office: Office, mia: Person, new_session: NewSession) -> None:
    """The second waits for the first, and goes to the other person."""
    add(office, office.person, mia)
    first, ids = new_session(), [new_id(), new_id()]
    tenancy.serve(first, office.person.company_id)
    arrive(first, office, ids[0])

    def second() -> None:
        session = new_session()
        tenancy.serve(session, office.person.company_id)
        arrive(session, office, ids[1])
        session.commit()

    thread = threading.Thread(target=second)
    thread.start()
    thread.join(0.4)
    assert thread.is_alive()
    first.commit()
    thread.join(5)
    assert {owner_of(office, lead_id) for lead_id in ids} == {office.person.user_id, mia.user_id}


def arrive(session, office: Office, lead_id: uuid.UUID) -> None:  # type: ignore[no-untyped-def] # any session
    session.add(Lead(id=lead_id, stage_id=office.stage_ids["New"], name="x", currency="GBP"))
    session.flush()
    events.record(session, "lead.arrived", lead_id=lead_id)


@pytest.mark.parametrize(
    ("field", "wanted", "has_member"),
    [("any", "", False), ("channel", "Carrier pigeon", True), ("source", " ", True), ("colour", "x", True)],
)
def test_what_is_refused(office: Office, field: str, wanted: str, has_member: bool) -> None:
    members = [office.person] if has_member else []
    assert add(office, *members, field=field, wanted=wanted) == 422
    assert "No rules yet" in office.get(PAGE).text


def test_order_and_end(office: Office, mia: Person, owner: Owner, charlie: Person, office_of: OfficeOf) -> None:
    add(office, office.person)
    add(office, mia)
    (second,) = owner.execute("SELECT id FROM assignment_rules ORDER BY position DESC LIMIT 1").fetchone() or ("",)
    for path in ("shifts", "removals"):
        assert office_of(charlie).post(f"{PAGE}/{second}/{path}", {}).status_code == 404
        assert mia.client.post(f"{PAGE}/{second}/{path}").status_code == 403
    assert office.post(f"{PAGE}/{second}/shifts", {}).status_code == 303
    assert owner_of(office, office.lead()) == mia.user_id
    assert office.post(f"{PAGE}/{second}/removals", {}).status_code == 303
    assert owner_of(office, office.lead()) == office.person.user_id
    assert add(office_of(charlie), mia) == 422  # nobody of theirs
