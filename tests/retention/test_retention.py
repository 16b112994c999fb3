"""Retention from the page to the nightly job."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from app.attribution.models import Touchpoint
from app.core import tenancy
from app.core.clock import utc_now
from app.leads import stages
from app.leads.models import Lead
from app.retention import anonymising, jobs, queries
from tests.fixtures.application import NewSession, Owner
from tests.fixtures.browser import Browser
from tests.fixtures.people import Person

MakeLeads = Callable[..., list[uuid.UUID]]


@pytest.fixture
def make_leads(alice: Person, new_session: NewSession) -> MakeLeads:
    """Leads of Alice's that were last touched so many days ago."""

    def make(number: int, *, days: int, name: str = "Jane Roe", **values: object) -> list[uuid.UUID]:
        session, at = new_session(), utc_now() - timedelta(days=days)
        tenancy.serve(session, alice.company_id)
        stage_id = stages.in_order(session)[0].id
        made = []
        for _ in range(number):
            lead = Lead(stage_id=stage_id, name=name, currency="GBP", created_at=at, updated_at=at, **values)
            session.add(lead)
            session.flush()
            session.add(
                Touchpoint(
                    lead_id=lead.id,
                    kind="form",
                    occurred_at=at,
                    channel="Direct",
                    channel_reason="",
                    source_words="",
                    utm={"utm_campaign": "spring"},
                )
            )
            made.append(lead.id)
        session.commit()
        return made

    return make


def choose(person: Person, months: str, data_class: str = "leads") -> int:
    data = {"data_class": data_class, "months": months}
    return person.client.post("/settings/retention", data=data).status_code


def let_notice_pass(owner: Owner) -> None:
    owner.execute("UPDATE retention_rules SET effective_at = now() - interval '1 minute'")


def work(app: Flask) -> None:
    with app.app_context():
        jobs.end_due()


def count(owner: Owner, table: str) -> int:
    row = owner.execute(f"SELECT count(*) FROM {table}").fetchone()  # type: ignore[arg-type] # noqa: S608
    assert row
    return int(str(row[0]))


def test_the_preview_counts_what_would_end(alice: Person, make_leads: MakeLeads) -> None:
    make_leads(12, days=400)
    make_leads(3, days=300)
    page = alice.client.get("/settings/retention?data_class=leads&months=12").text
    assert "12 leads become anonymous on" in page
    assert "your totals stay" in page
    assert "15 leads" in alice.client.get("/settings/retention?data_class=leads&months=6").text
    assert "Nothing ends by itself" in alice.client.get("/settings/retention?data_class=leads&months=").text


def test_nothing_ends_before_seven_days_and_it_can_be_undone(
    alice: Person, make_leads: MakeLeads, app: Flask, owner: Owner
) -> None:
    make_leads(12, days=400)
    assert choose(alice, "12") == 303
    work(app)
    assert count(owner, "leads") == 12
    assert "Announced" in alice.client.get("/settings/retention").text
    assert alice.client.post("/settings/retention/undo", data={"data_class": "leads"}).status_code == 303
    let_notice_pass(owner)
    work(app)
    assert count(owner, "leads") == 12
    assert alice.client.post("/settings/retention/undo", data={"data_class": "leads"}).status_code == 422


@pytest.mark.parametrize("steps", [("6", "60"), ("60", "6"), ("6", "", "12")])
def test_two_changes_in_a_row_do_not_shorten_the_notice(
    alice: Person, make_leads: MakeLeads, app: Flask, owner: Owner, steps: tuple[str, ...]
) -> None:
    make_leads(12, days=365 * 6)
    for months in steps:
        assert choose(alice, months) == 303
    work(app)
    assert count(owner, "leads") == 12
    assert owner.execute("SELECT effective_at > now() + interval '6 days' FROM retention_rules").fetchone() == (True,)


def test_back_to_the_rule_in_force_needs_no_notice(alice: Person, owner: Owner) -> None:
    choose(alice, "36")
    let_notice_pass(owner)
    for months in ("6", "12", "36"):
        assert choose(alice, months) == 303
    assert owner.execute("SELECT months, effective_at <= now() FROM retention_rules").fetchone() == (36, True)


def test_leads_become_totals_without_anything_about_people(
    alice: Person, bob: Person, make_leads: MakeLeads, app: Flask, owner: Owner
) -> None:
    canary = "canary-7f3a@example.org"
    make_leads(11, days=400, name="Zoë Canary", email=canary, phone="07700 900461", phone_e164="+447700900461")
    make_leads(2, days=800, name="Zoë Canary")
    young = make_leads(4, days=100)
    make_leads(1, days=900, is_spam=True)
    choose(alice, "12")
    let_notice_pass(owner)
    work(app)
    left = owner.execute("SELECT id FROM leads ORDER BY id").fetchall()
    assert [row[0] for row in left] == sorted(young)
    assert count(owner, "touchpoints") == 4
    totals = owner.execute("SELECT channel, campaign, leads FROM lead_totals ORDER BY leads").fetchall()
    assert totals == [("Other", "", 2), ("Direct", "spring", 11)]
    for table in ("leads", "events", "lead_totals", "erasure_ledger", "inbox_items", "touchpoints"):
        found = owner.execute(f"SELECT 1 FROM {table} t WHERE t::text ILIKE ANY (%s)", (["%canary%", "%900461%"],))  # type: ignore[arg-type] # noqa: S608
        assert found.fetchone() is None, table
    assert owner.execute("SELECT data->>'leads' FROM events WHERE type = 'retention.anonymised'").fetchall() == [
        ("14",)
    ]


def test_activity_a_hold_and_an_open_upload_keep_a_lead(
    alice: Person, make_leads: MakeLeads, app: Flask, owner: Owner
) -> None:
    held, noted, frozen, gone = make_leads(4, days=400)
    assert alice.client.post(f"/leads/{held}/hold").status_code == 303
    assert alice.client.post(f"/leads/{noted}/notes", data={"body": "They called again"}).status_code == 303
    owner.execute("UPDATE leads SET restricted_at = now() WHERE id = %s", (frozen,))
    owner.execute("UPDATE events SET at = now() - interval '2 years' WHERE type = 'lead.held'")
    choose(alice, "12")
    let_notice_pass(owner)
    work(app)
    left = {row[0] for row in owner.execute("SELECT id FROM leads")}
    assert left == {held, noted, frozen}
    assert gone not in left
    alice.client.post(f"/leads/{held}/hold/end")
    owner.execute("UPDATE events SET at = now() - interval '2 years' WHERE lead_id = %s", (held,))
    work(app)
    assert held not in {row[0] for row in owner.execute("SELECT id FROM leads")}


def test_archives_with_somebody_who_became_anonymous_open_no_more(
    alice: Person, make_leads: MakeLeads, app: Flask, owner: Owner
) -> None:
    make_leads(1, days=400)
    owner.execute(
        "INSERT INTO exports (company_id, id, state, asked_by, asked_by_name, asked_at, claim, attempts, due_at,"
        " rows_done, rows_total, problem, file_name, sealed_key, size, downloads)"
        " VALUES (%s, gen_random_uuid(), 'ready', %s, '', now(), 1, 1, now(), 0, 0, '', 'a.zip', 'sealed', 1, 0)",
        (alice.company_id, alice.user_id),
    )
    choose(alice, "12")
    let_notice_pass(owner)
    work(app)
    assert owner.execute("SELECT state, sealed_key FROM exports").fetchall() == [("expired", "")]


def test_what_was_held_since_it_was_found_stays(
    alice: Person, make_leads: MakeLeads, app: Flask, owner: Owner, new_session: NewSession
) -> None:
    held, frozen, gone = make_leads(3, days=400)
    before = utc_now() - timedelta(days=365)
    session = new_session()
    tenancy.serve(session, alice.company_id)
    due = queries.due_leads(session, before, 10)
    assert set(due) == {held, frozen, gone}
    alice.client.post(f"/leads/{held}/hold")
    owner.execute("UPDATE leads SET restricted_at = now() WHERE id = %s", (frozen,))
    assert anonymising.anonymise(session, due, before=before, marker=app.extensions["leader"].marker) == 1
    session.commit()
    assert {row[0] for row in owner.execute("SELECT id FROM leads")} == {held, frozen}


def test_the_lead_page_says_when_it_ends(alice: Person, make_leads: MakeLeads) -> None:
    (lead_id,) = make_leads(1, days=30)
    assert "How long it is kept" not in alice.client.get(f"/leads/{lead_id}").text
    choose(alice, "12")
    page = alice.client.get(f"/leads/{lead_id}").text
    assert "becomes part of your totals" in page
    alice.client.post(f"/leads/{lead_id}/hold")
    assert "Kept until somebody lets it go" in alice.client.get(f"/leads/{lead_id}").text


def test_raw_messages_go_and_their_leads_stay(alice: Person, client: Browser, app: Flask, owner: Owner) -> None:
    key = owner.execute("SELECT site_key FROM capture_sources").fetchone()
    assert key
    assert client.post(f"/f/{key[0]}", data={"name": "Jane", "email": "jane@example.org"}).status_code == 303
    owner.execute("UPDATE inbox_items SET received_at = now() - interval '40 days'")
    assert "1 message is deleted" in alice.client.get("/settings/retention?data_class=messages&months=1").text
    choose(alice, "1", "messages")
    work(app)
    assert count(owner, "inbox_items") == 1
    let_notice_pass(owner)
    work(app)
    assert (count(owner, "inbox_items"), count(owner, "leads")) == (0, 1)


def test_messages_of_held_and_frozen_leads_stay(alice: Person, client: Browser, app: Flask, owner: Owner) -> None:
    key = owner.execute("SELECT site_key FROM capture_sources").fetchone()
    assert key
    for name in ("Held", "Frozen", "Gone"):
        client.post(f"/f/{key[0]}", data={"name": name, "email": f"{name.lower()}@example.org"})
    ids = {str(row[0]): row[1] for row in owner.execute("SELECT name, id FROM leads")}
    assert set(ids) == {"Held", "Frozen", "Gone"}
    alice.client.post(f"/leads/{ids['Held']}/hold")
    owner.execute("UPDATE leads SET restricted_at = now() WHERE name = 'Frozen'")
    owner.execute("UPDATE inbox_items SET received_at = now() - interval '40 days'")
    assert "1 message is deleted" in alice.client.get("/settings/retention?data_class=messages&months=1").text
    choose(alice, "1", "messages")
    let_notice_pass(owner)
    work(app)
    assert {row[0] for row in owner.execute("SELECT id FROM inbox_items")} == {ids["Held"], ids["Frozen"]}


@pytest.mark.parametrize(("data_class", "months"), [("leads", "7"), ("x", "12"), ("leads", "x"), ("messages", "60")])
def test_only_what_is_on_the_list_can_be_chosen(alice: Person, data_class: str, months: str) -> None:
    assert choose(alice, months, data_class) == 422
    assert alice.client.get(f"/settings/retention?data_class={data_class}&months={months}").status_code == 422


@pytest.mark.parametrize(("role", "reads"), [("admin", 200), ("member", 403), ("viewer", 403)])
def test_only_an_owner_changes_it(alice: Person, owner: Owner, role: str, reads: int) -> None:
    owner.execute("UPDATE members SET role = %s WHERE user_id = %s", (role, alice.user_id))
    assert alice.client.get("/settings/retention").status_code == reads
    assert choose(alice, "12") == 403


def test_another_companys_lead_is_not_there(charlie: Person, make_leads: MakeLeads) -> None:
    (lead_id,) = make_leads(1, days=30)
    for path in ("hold", "hold/end"):
        assert charlie.client.post(f"/leads/{lead_id}/{path}").status_code == 404


def test_one_companys_rule_ends_nothing_of_another(
    alice: Person, bob: Person, make_leads: MakeLeads, app: Flask, owner: Owner
) -> None:
    make_leads(2, days=400)
    choose(bob, "6")
    let_notice_pass(owner)
    work(app)
    assert count(owner, "leads") == 2
