"""Erasing a lead: nothing of the person stays, the totals do, and nothing brings it back."""

import json

import pytest
from flask import Flask
from sqlalchemy import select

from app.capture import tombstones
from app.capture.models import InboxItem
from app.companies.vault import open_vault
from app.core.data_map import table_rule
from app.core.db import Base
from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Actor
from app.core.ids import new_id
from app.subjects import erasing, gates
from tests.conversions.conftest import Desk
from tests.fixtures.application import Owner
from tests.fixtures.people import Person
from tests.subjects.conftest import CANARIES, Wren, traces

ALICE = Actor(None, "Alice")


def _erase(app: Flask, wren: Wren, reason: str = "asked") -> None:
    with wren.office.serving() as session:
        erasing.erase(session, wren.lead_id, reason=reason, actor=ALICE, marker=app.extensions["leader"].marker)
        session.commit()


def test_every_table_that_can_hold_a_lead_is_walked() -> None:
    walked = {table.name for table, _ in gates.holding_tables()}
    assert walked >= {
        "leads", "inbox_items", "touchpoints", "consents", "events", "notes", "stage_changes",
        "conversion_uploads", "receipt_entries",
    }  # fmt: skip
    assert not walked & {"stages", "conversion_mappings", "companies", "members", "erasures"}


def test_the_walk_and_the_data_map_agree() -> None:
    walked = {table.name for table, _ in gates.holding_tables()}
    mapped = {table.name for table in Base.metadata.tables.values() if table_rule(table).about == "lead"}
    assert mapped <= walked, "a table about leads names none: add lead_id with a cascading foreign key"
    assert {table_rule(Base.metadata.tables[name]).erase for name in walked} == {"delete"}


def test_what_hangs_from_a_lead_goes_with_it(owner: Owner) -> None:
    """A table that names leads either cascades or lets the product delete its rows."""
    for table, columns in gates.holding_tables():
        for column in columns:
            rules = {key.constraint.ondelete for key in column.foreign_keys if key.constraint is not None}
            if table.name in {"leads", "inbox_items"} or rules & {"CASCADE"}:
                continue
            row = owner.execute("SELECT has_table_privilege('leader_app', %s, 'DELETE')", (table.name,)).fetchone()
            assert row == (True,), f"{table.name}.{column.name}"


def test_nothing_of_the_person_stays(app: Flask, owner: Owner, wren: Wren) -> None:
    assert {word for _, word in traces(owner)} == set(CANARIES), "each canary is somewhere before"
    _erase(app, wren)
    assert traces(owner) == []


def test_a_frozen_lead_can_be_erased(app: Flask, owner: Owner, wren: Wren) -> None:
    owner.execute("UPDATE leads SET restricted_at = now() WHERE id = %s", (wren.lead_id,))
    _erase(app, wren)
    assert traces(owner) == []


def test_the_totals_still_count_the_lead_and_tell_nothing_of_it(app: Flask, owner: Owner, wren: Wren) -> None:
    _erase(app, wren)
    cell = "SELECT channel, campaign, stage_kind, value_bucket, currency, leads, value_minor FROM lead_totals"
    assert owner.execute(cell).fetchall() == [("Other", "", "", "", "", 1, 0)]


def test_a_lead_joins_a_cell_in_which_it_does_not_stand_alone(app: Flask, owner: Owner, wren: Wren) -> None:
    owner.execute(
        "UPDATE leads SET created_at = '2026-03-04 12:00+00', quotable = 'yes' WHERE id = %s", (wren.lead_id,)
    )
    owner.execute(
        "INSERT INTO lead_totals (company_id, id, week, channel, campaign, stage_kind, value_bucket, currency, leads)"
        " SELECT company_id, gen_random_uuid(), '2026-03-02', channel, '', 'new', '', currency, 9 FROM leads"
    )
    _erase(app, wren)
    assert owner.execute("SELECT leads, quotable FROM lead_totals").fetchall() == [(10, 1)]


def test_tests_never_were_in_the_totals(app: Flask, owner: Owner, wren: Wren) -> None:
    owner.execute("UPDATE leads SET is_test = true WHERE id = %s", (wren.lead_id,))
    _erase(app, wren)
    assert owner.execute("SELECT count(*) FROM lead_totals").fetchone() == (0,)


def test_a_repeated_sending_does_not_bring_it_back(app: Flask, owner: Owner, wren: Wren) -> None:
    _erase(app, wren)
    body = {"client_event_id": "nest-77", "fields": {"name": "Wren Quillfeather", "email": "quill@canary.example"}}
    for _ in range(2):
        assert wren.site.send(body).status_code in (200, 201)
    assert wren.site.counts() | {"events": 0} == {
        "inbox_items": 1, "leads": 0, "touchpoints": 0, "consents": 0, "events": 0,
    }  # fmt: skip
    assert traces(owner) == []


def test_a_tombstone_from_before_there_were_marks_holds_too(app: Flask, owner: Owner, wren: Wren) -> None:
    _erase(app, wren)
    with wren.office.serving() as session:
        box = open_vault(session, app.extensions["leader"].key_ring)
        source_id = session.scalars(select(InboxItem.capture_source_id)).one()
    former = box.fingerprint(f"{source_id} nest-77", kind="client_event_id")
    owner.execute("UPDATE inbox_items SET client_event_id = %s", (former,))
    body = {"client_event_id": "nest-77", "fields": {"name": "Wren Quillfeather", "email": "quill@canary.example"}}
    for _ in range(2):
        assert wren.site.send(body).status_code in (200, 201)
    assert wren.site.counts()["leads"] == 0
    assert traces(owner) == []


def test_another_message_of_the_same_person_is_a_new_lead(app: Flask, wren: Wren) -> None:
    _erase(app, wren)
    wren.site.send({"client_event_id": "nest-78", "fields": {"name": "Wren", "email": "quill@canary.example"}})
    assert wren.site.counts()["leads"] == 1


def test_the_inbox_of_a_living_lead_cannot_be_emptied(app: Flask, wren: Wren) -> None:
    with wren.office.serving() as session, pytest.raises(Exception, match="has not been erased"):
        tombstones.entomb(session, wren.lead_id, app.extensions["leader"].marker)


def test_a_reason_is_asked_for(app: Flask, wren: Wren) -> None:
    with pytest.raises(InvalidInputError):
        _erase(app, wren, reason="spite")


def test_a_lead_is_erased_once(app: Flask, wren: Wren) -> None:
    _erase(app, wren)
    with pytest.raises(NotFoundError):
        _erase(app, wren)


def test_the_record_says_what_google_has(app: Flask, owner: Owner, desk: Desk) -> None:
    lead_id = desk.won()
    desk.work()
    with desk.office.serving() as session:
        record = erasing.erase(session, lead_id, reason="asked", actor=ALICE, marker=app.extensions["leader"].marker)
        session.commit()
    (told,) = record.recipients
    assert told["to"] == "Google Ads" and told["account"] and told["at"]
    assert traces(owner, ["jane@example.org", "Jane Roe"]) == []
    desk.make_due()
    desk.work()
    assert len(desk.counted()) <= 1


def test_what_waits_is_never_sent(app: Flask, desk: Desk) -> None:
    before = len(desk.counted())
    lead_id = desk.won()
    with desk.office.serving() as session:
        assert erasing.loss(session, lead_id).waiting == 1
        record = erasing.erase(session, lead_id, reason="asked", actor=ALICE, marker=app.extensions["leader"].marker)
        session.commit()
    assert record.recipients == []
    desk.work()
    assert len(desk.counted()) == before


def test_the_owner_sees_the_record(app: Flask, wren: Wren, alice: Person) -> None:
    assert "No lead was erased yet" in alice.client.get("/settings/erased-leads").text
    page = alice.client.get(f"/leads/{wren.lead_id}/erasure").text
    assert "1 note" in page and "1 visit" in page and "This cannot be undone" in page
    assert alice.client.post(f"/leads/{wren.lead_id}/erasure", data={"reason": ""}).status_code == 422
    answer = alice.client.post(f"/leads/{wren.lead_id}/erasure", data={"reason": "asked"})
    assert answer.status_code == 303
    page = alice.client.get("/settings/erased-leads").text
    assert "The person asked for it" in page and "Quillfeather" not in page
    assert alice.client.get(f"/leads/{wren.lead_id}").status_code == 404


def test_strangers_and_viewers_erase_nothing(owner: Owner, wren: Wren, charlie: Person, alice: Person) -> None:
    address = f"/leads/{wren.lead_id}/erasure"
    assert charlie.client.get(address).status_code == 404
    assert charlie.client.post(address, data={"reason": "asked"}).status_code == 404
    for role in ("member", "viewer"):
        owner.execute("UPDATE members SET role = %s WHERE user_id = %s", (role, alice.user_id))
        assert alice.client.get(address).status_code == 403
        assert alice.client.post(address, data={"reason": "asked"}).status_code == 403
        assert "Erase this lead" not in alice.client.get(f"/leads/{wren.lead_id}").text


def test_records_of_erasures_cannot_be_rewritten(owner: Owner) -> None:
    for right in ("UPDATE", "DELETE"):
        row = owner.execute("SELECT has_table_privilege('leader_app', 'erasures', %s)", (right,)).fetchone()
        assert row == (False,)


def test_marks_differ_between_companies_and_kinds(app: Flask) -> None:
    marker, one, other = app.extensions["leader"].marker, new_id(), new_id()
    text = json.dumps(str(new_id()))
    assert marker.mark(one, text, kind="email") == marker.mark(one, text, kind="email")
    assert marker.mark(one, text, kind="email") != marker.mark(other, text, kind="email")
    assert marker.mark(one, text, kind="email") != marker.mark(one, text, kind="phone")
