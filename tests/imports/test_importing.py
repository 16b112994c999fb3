"""From a file to leads and back, with the real database."""

import csv
import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.attribution.models import Touchpoint
from app.conversions.models import ConversionUpload
from app.core import events, tenancy
from app.core.clock import utc_now
from app.core.db import db
from app.core.events import Event
from app.follow_up import tags
from app.imports import gates, jobs, receiving, taking
from app.imports.models import ImportPiece, LeadImport
from app.leads.models import Lead, LeadTag, Tag
from app.notifications.models import Notification
from app.reports.models import DayDue
from tests.fixtures.application import Owner
from tests.fixtures.people import Person
from tests.imports.conftest import Work, begin, id_of, received, send
from tests.leads.conftest import Office

FILE = """Name,E-mail,Phone,Value,Stage,Tags,Date,gclid
Ann Ash,ann@example.com,07700 900001,"1,200",Won,"roof;vip",2026-03-01,AbC-9
Ben Birch,ben@example.com,,,,Roof,2026-03-02,
Cid,not an address,,,,,,
,,,,,,,
Dan Dale,dan@example.com,07700 900001,,,,,
Eve Elm,ANN@example.com,,,,,,
"""
COLUMNS = ("name", "email", "phone", "value", "stage", "tags", "arrived", "gclid")


def test_a_file_becomes_leads(office: Office, work: Work, owner: Owner) -> None:
    address = received(office.person, FILE)
    page = office.get(address).text
    assert "Of the first 5 lines 2 become leads" in page and "Line 4:" in page
    assert office.get("/leads").text.count("Ann Ash") == 0
    assert begin(office.person, address, *COLUMNS).status_code == 303
    assert "Importing" in office.get(address).text
    work()
    done = office.get(address).text
    assert "2 leads came in" in done and "is no e-mail address" in done and done.count("is a lead already") == 2
    with office.serving() as session:
        ann, ben = session.scalars(select(Lead).order_by(Lead.name)).all()
        touch = session.scalars(select(Touchpoint)).one()
        used = select(Tag.name, func.count(LeadTag.id)).join(LeadTag, LeadTag.tag_id == Tag.id).group_by(Tag.name)
        tags = dict(session.execute(used).all())
        assert (ann.channel, ann.value_minor, ann.stage_id) == ("Paid Search", 120000, office.stage_ids["Won"])
        assert (ben.channel, ben.phone_e164, ben.import_id) == ("Import", "", id_of(address))
        assert ben.answered_at is not None and ben.created_at.date().isoformat() == "2026-03-02"
        assert touch.lead_id == ann.id and touch.click_ids == {"gclid": "AbC-9"}
        assert tags == {"roof": 2, "vip": 1} or tags == {"Roof": 2, "vip": 1}
        for model in (ConversionUpload, Notification):
            assert not session.scalars(select(model)).all(), "an import tells nobody"
        assert session.scalars(select(DayDue)).all(), "reports count it"


def test_refused_lines_come_back_as_a_file(office: Office, work: Work) -> None:
    address = received(office.person, 'Name,Email\n"=Ann, the first",no\nBen,ben@example.com\n')
    begin(office.person, address, "name", "email")
    work()
    answer = office.get(f"{address}/refused.csv")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows == [["Name", "Email", "Why it was refused"], ["'=Ann, the first", "no", "“no” is no e-mail address."]]
    again = received(office.person, answer.data.replace(b",no,", b",ann@example.com,"))
    begin(office.person, again, "name", "email", "")
    work()
    with office.serving() as session:
        assert session.scalars(select(Lead.name).order_by(Lead.name)).all() == ["=Ann, the first", "Ben"]


def test_the_same_file_twice_makes_no_lead_twice(office: Office, work: Work) -> None:
    for _ in range(2):
        address = received(office.person, "name,email\nAnn,ann@example.com\n")
        begin(office.person, address, "name", "email")
        work()
    assert "0 leads came in" in office.get(address).text
    third = received(office.person, "name,email\nAnn,ann@example.com\n")
    assert "imported this file before" in office.get(third).text
    begin(office.person, third, "name", "email", keeps_doubles="yes")
    work()
    with office.serving() as session:
        assert session.scalar(select(func.count()).select_from(Lead)) == 2


def test_leads_that_wait_are_asked_for(office: Office, work: Work) -> None:
    address = received(office.person, "name,stage\nAnn,New\nBen,Won\n")
    begin(office.person, address, "name", "stage", is_waiting="yes")
    work()
    with office.serving() as session:
        waiting = session.execute(select(Lead.name, Lead.answered_at.is_(None)).order_by(Lead.name)).all()
    assert waiting == [("Ann", True), ("Ben", False)]


def test_an_import_is_undone_but_for_what_was_worked_on(office: Office, work: Work) -> None:
    office.lead("Own one")
    address = received(office.person, "name\nAnn\nBen\nCid\n")
    begin(office.person, address, "name")
    work()
    with office.serving() as session:
        ann = session.scalars(select(Lead).where(Lead.name == "Ann")).one()
    office.post(f"/leads/{ann.id}/notes", {"body": "Called her"})
    assert office.post(f"{address}/removals", {}).status_code == 303
    work()
    page = office.get(address).text
    assert "2 leads were taken away" in page and "1 stays" in page
    with office.serving() as session:
        assert session.scalars(select(Lead.name).order_by(Lead.name)).all() == ["Ann", "Own one"]


def test_a_file_that_was_not_begun_can_be_forgotten(office: Office) -> None:
    address = received(office.person, "name\nAnn\n")
    assert office.post(f"{address}/removals", {}).headers["Location"].endswith("/leads/imports")
    with office.serving() as session:
        assert session.scalars(select(ImportPiece)).all() == []
        assert session.scalars(select(LeadImport)).one().state == "discarded"
    assert "people.csv" not in office.get("/leads/imports").text


def test_one_at_a_time(office: Office) -> None:
    first, second = (received(office.person, f"name\n{name}\n") for name in ("Ann", "Ben"))
    begin(office.person, first, "name")
    answer = begin(office.person, second, "name")
    assert answer.status_code == 422 and "Another import is under way" in answer.text
    assert begin(office.person, first, "name").status_code == 303, "beginning twice is beginning once"


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "empty"), (b"name\n", "nothing below"), (b"\x00\x01\x02", "no CSV")]
)
def test_a_bad_file_is_refused_whole(office: Office, content: bytes, words: str) -> None:
    answer = send(office.person, content)
    assert answer.status_code == 422 and words in answer.text
    assert send(office.person, b"name\nAnn\n", encoding="ebcdic").status_code == 422
    with office.serving() as session:
        assert session.scalars(select(LeadImport)).all() == []


def test_columns_without_people_are_refused_and_kept(office: Office) -> None:
    address = received(office.person, "what,why\na,b\n")
    answer = begin(office.person, address, "message", "value")
    assert answer.status_code == 422 and "Choose a column for the name" in answer.text
    assert re.search(r'value="message" selected', office.get(address).text)


def test_strangers_and_viewers(office: Office, charlie: Person, work: Work) -> None:
    address = received(office.person, "name\nAnn\n")
    for path in (address, f"{address}/refused.csv"):
        assert charlie.client.get(path).status_code == 404
    for path in ("columns", "removals"):
        assert charlie.client.post(f"{address}/{path}", data={"do": "start"}).status_code == 404
    work()
    with office.serving() as session:
        assert session.scalars(select(LeadImport)).one().state == "read"
        assert session.scalar(select(func.count()).select_from(Lead)) == 0


def test_a_worker_that_dies_leaves_whole_pieces(
    office: Office, work: Work, app: Flask, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "_PIECE_LINES", 2)
    address = received(office.person, "name\n" + "".join(f"P{number}\n" for number in range(7)))
    begin(office.person, address, "name")
    with app.app_context():
        claimed = gates.claim(db.session(), timedelta(0))
        assert claimed
        db.session.commit()
        db.session.remove()
        tenancy.serve(db.session(), claimed.company_id)
        assert taking.work(db.session(), claimed)
        db.session.commit()
        assert taking.work(db.session(), claimed)
        db.session.rollback()  # as a kill before the commit does
        db.session.remove()
    owner.execute("UPDATE lead_imports SET due_at = now()")
    work()
    with office.serving() as session:
        names = session.scalars(select(Lead.name).order_by(Lead.name)).all()
        taken = session.scalars(select(LeadImport)).one()
    assert names == [f"P{number}" for number in range(7)]
    assert (taken.state, taken.leads_made, taken.lines_done) == ("done", 7, 7)
    with app.app_context(), pytest.raises(taking.LostClaimError):
        tenancy.serve(db.session(), claimed.company_id)
        taking.work(db.session(), claimed)


def test_what_cannot_be_done_ends_as_failed(
    office: Office, work: Work, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = received(office.person, "name\nAnn\n")
    begin(office.person, address, "name")

    def broken(*_given: object, **_named: object) -> None:
        raise OSError("disk")

    monkeypatch.setattr("app.imports.writing.write", broken)
    for _ in range(taking.MOST_ATTEMPTS):
        owner.execute("UPDATE lead_imports SET due_at = now()")
        work()
    page = office.get(address).text
    assert "has stopped" in page and "disk" not in page
    with office.serving() as session:
        assert session.scalars(select(Event).where(Event.type == "leads.import_stopped")).one(), (
            "reports count what came"
        )
    assert "Undo this import" in page


def test_workers_that_die_on_a_piece_end_the_import(office: Office, work: Work, owner: Owner) -> None:
    address = received(office.person, "name\nAnn\n")
    begin(office.person, address, "name")
    owner.execute("UPDATE lead_imports SET attempts = %s", (taking.MOST_ATTEMPTS,))
    work()
    assert "has stopped" in office.get(address).text
    with office.serving() as session:
        assert session.scalar(select(func.count()).select_from(Lead)) == 0


def test_what_leader_found_out_by_itself_is_no_work(office: Office, work: Work) -> None:
    address = received(office.person, "name,gclid\nAnn,AbC\n")
    begin(office.person, address, "name", "gclid")
    work()
    with office.serving() as session:
        events.record(session, "lead.click_explained", lead_id=session.scalars(select(Lead.id)).one())
        session.commit()
    office.post(f"{address}/removals", {})
    work()
    assert "1 lead was taken away" in office.get(address).text


def test_old_lines_are_forgotten(office: Office, work: Work, app: Flask, owner: Owner) -> None:
    done = received(office.person, "name,email\nAnn,no\n")
    begin(office.person, done, "name", "email")
    work()
    waiting = received(office.person, "name\nBen\n")
    owner.execute("UPDATE import_pieces SET created_at = %s", (utc_now() - timedelta(days=31),))
    owner.execute("UPDATE lead_imports SET created_at = %s", (utc_now() - timedelta(days=31),))
    with app.app_context():
        jobs.purge()
        jobs.purge()
    with office.serving() as session:
        states = dict(session.execute(select(LeadImport.id, LeadImport.state)).all())
        assert session.scalars(select(ImportPiece)).all() == []
    assert states == {id_of(done): "done", id_of(waiting): "discarded"}


def test_no_more_tags_than_a_company_may_have(office: Office, work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags, "MOST_IN_A_COMPANY", 2)
    address = received(office.person, "name,tags\nAnn,roof;vip\nBen,more\nCid,ROOF\n")
    begin(office.person, address, "name", "tags")
    work()
    page = office.get(address).text
    assert "2 leads came in" in page and "Line 3: You have 2 tags already." in page


def test_samples_and_spam_are_no_leads_already(office: Office, work: Work) -> None:
    office.lead("Sample", email="ann@example.com", is_demo=True)
    office.lead("Spam", email="ann@example.com", is_spam=True)
    address = received(office.person, "name,email\nAnn,ann@example.com\n")
    begin(office.person, address, "name", "email")
    work()
    assert "1 lead came in" in office.get(address).text


def test_a_company_knows_only_its_own_people(office: Office, charlie: Person, work: Work) -> None:
    office.lead("Ann", email="ann@example.com")
    address = received(charlie, "name,email\nAnn,ann@example.com\n")
    begin(charlie, address, "name", "email")
    work()
    assert "1 lead came in" in charlie.client.get(address).text
