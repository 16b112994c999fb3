"""A company's own stages: what can be changed, what cannot, and what stays right."""

import threading
import uuid

import pytest
from sqlalchemy import select

from app.conversions.models import ConversionMapping
from app.core.errors import NotFoundError
from app.core.events import LEADER
from app.core.ids import new_id
from app.leads import moves
from app.leads.models import Stage, StageChange
from app.stages import shaping
from tests.fixtures.application import Owner
from tests.fixtures.people import Person
from tests.leads.conftest import Office, OfficeOf

PAGE = "/settings/stages"


def names(office: Office) -> list[str]:
    with office.serving() as session:
        return [stage.name for stage in shaping.active(session)]


def add(office: Office, name: str, kind: str = "open", colour: str = "") -> int:
    return office.post(PAGE, {"name": name, "kind": kind, "colour": colour}).status_code


def the_id(office: Office, name: str) -> uuid.UUID:
    with office.serving() as session:
        return session.scalars(select(Stage.id).where(Stage.name == name)).one()


def test_a_stage_is_added_behind_its_kind_and_used(office: Office) -> None:
    assert add(office, " Site  visit ", "open", "teal") == 303
    assert names(office) == ["New", "Contacted", "Qualified", "Site visit", "Won", "Lost"]
    lead_id = office.lead()
    assert office.post(f"/leads/{lead_id}/stage-changes", {"stage": "Site visit"}).status_code == 303
    assert "Site visit" in office.get("/leads").text and 'data-colour="teal"' in office.get("/leads/board").text


def test_looking_at_the_stages_holds_up_nobody(office: Office) -> None:
    with office.serving() as reading, office.serving() as changing:
        assert len(shaping.active(reading)) == 5
        assert len(changing.scalars(select(Stage).with_for_update(nowait=True)).all()) == 5


@pytest.mark.parametrize(
    ("name", "kind"), [("", "open"), ("x" * 41, "open"), ("won", "open"), ("Spam", "lost"), ("Fine", "sold")]
)
def test_what_is_refused(office: Office, name: str, kind: str) -> None:
    assert add(office, name, kind) == 422
    assert len(names(office)) == 5


def test_there_is_a_most(office: Office) -> None:
    for place in range(shaping.MOST - 5):
        assert add(office, f"Step {place}") == 303
    assert add(office, "One more") == 422


def test_renaming_and_colouring(office: Office) -> None:
    address = f"{PAGE}/{office.stage_ids['Qualified']}"
    assert office.post(address, {"name": "Quoted", "colour": "red"}).status_code == 303
    assert names(office)[2] == "Quoted"
    assert office.post(address, {"name": "New", "colour": "pink"}).status_code == 303
    assert names(office)[2] == "Quoted"
    assert "There is a stage of this name already." in office.get(PAGE).text


def test_order(office: Office) -> None:
    address = f"{PAGE}/{office.stage_ids['Qualified']}/shifts"
    office.post(address, {"way": "up"})
    assert names(office) == ["New", "Qualified", "Contacted", "Won", "Lost"]
    office.post(address, {"way": "up"})
    office.post(address, {"way": "up"})  # it is the first already
    assert names(office)[0] == "Qualified"
    lead = office.post("/leads", {"name": "Walk-in", "way": "visit"})
    assert office.read(uuid.UUID(lead.location.rpartition("/")[2])).stage_id == office.stage_ids["Qualified"]


def test_a_sale_is_no_beginning(office: Office) -> None:
    for _ in range(4):
        office.post(f"{PAGE}/{office.stage_ids['Won']}/shifts", {"way": "up"})
    assert names(office)[0] != "Won"
    assert "Leads begin in the first stage" in office.get(PAGE).text


def test_archiving_makes_no_sale_the_beginning(office: Office) -> None:
    assert add(office, "Started", "new") == 303
    for _ in range(3):
        office.post(f"{PAGE}/{office.stage_ids['Won']}/shifts", {"way": "up"})
    started = str(the_id(office, "Started"))
    assert names(office)[:3] == ["New", "Won", "Started"]
    office.post(f"{PAGE}/{office.stage_ids['New']}/archivings", {"to": started})
    assert names(office)[:3] == ["New", "Won", "Started"]
    assert "Leads begin in the first stage" in office.get(PAGE).text


def test_archiving_moves_the_leads_and_tells_their_history(office: Office, owner: Owner) -> None:
    lead_id = office.lead(stage="Qualified")
    owner.execute("DELETE FROM report_days_due")
    to = str(office.stage_ids["Contacted"])
    answer = office.post(f"{PAGE}/{office.stage_ids['Qualified']}/archivings", {"to": to})
    assert answer.status_code == 303
    assert names(office) == ["New", "Contacted", "Won", "Lost"]
    lead = office.read(lead_id)
    assert (lead.stage_id, lead.version) == (office.stage_ids["Contacted"], 2)
    assert "moved it from Qualified to Contacted" in office.get(f"/leads/{lead_id}").text
    assert "Qualified" not in office.get("/leads").text
    assert owner.execute("SELECT count(*) FROM report_days_due").fetchone() != (0,)
    with office.serving() as session:
        assert session.scalar(select(StageChange.id).where(StageChange.lead_id == lead_id))
    assert office.post(f"/leads/{lead_id}/stage-changes", {"stage": "Qualified"}).status_code == 404
    assert (
        office.post(f"/leads/{lead_id}/stage-changes", {"stage": str(office.stage_ids["Qualified"])}).status_code == 404
    )
    assert add(office, "Qualified") == 303  # and back it comes, with its history
    assert the_id(office, "Qualified") == office.stage_ids["Qualified"]


def test_only_a_stage_of_the_same_meaning_takes_the_leads(office: Office) -> None:
    lead_id = office.lead(stage="Won")
    for to in ("Qualified", "Won", "Lost"):
        office.post(f"{PAGE}/{office.stage_ids['Won']}/archivings", {"to": str(office.stage_ids[to])})
    office.post(f"{PAGE}/{office.stage_ids['Won']}/archivings", {"to": "x"})
    assert "Won" in names(office)
    assert office.read(lead_id).version == 1


def test_what_is_archived_reports_no_more(office: Office, owner: Owner) -> None:
    """The rule ends, and what was planned by it stays."""
    assert add(office, "Paid", "won") == 303
    with office.serving() as session:
        assert not session.scalars(select(ConversionMapping.id)).all()
    to = {"to": str(the_id(office, "Paid"))}
    assert office.post(f"{PAGE}/{office.stage_ids['Won']}/archivings", to).status_code == 303
    assert office.get("/conversions").status_code == 200


def test_saved_views_follow_the_name(office: Office) -> None:
    office.post("/leads/views", {"name": "Mine", "stage": "Qualified"})
    office.post(f"{PAGE}/{office.stage_ids['Qualified']}", {"name": "Quoted", "colour": ""})
    assert "/leads?stage=Quoted" in office.get("/leads/filters").text
    to = {"to": str(office.stage_ids["Contacted"])}
    office.post(f"{PAGE}/{office.stage_ids['Qualified']}/archivings", to)
    assert "/leads?stage=Contacted" in office.get("/leads/filters").text


def test_strangers_and_those_without_the_right(
    office: Office, charlie: Person, viewer: Person, office_of: OfficeOf
) -> None:
    stranger, stage = office_of(charlie), office.stage_ids["Qualified"]
    for path, data in (("", {"name": "x"}), ("/shifts", {"way": "up"}), ("/archivings", {"to": str(new_id())})):
        assert stranger.post(f"{PAGE}/{stage}{path}", data).status_code == 404
        assert office_of(viewer).post(f"{PAGE}/{stage}{path}", data).status_code == 403
    assert office_of(viewer).get(PAGE).status_code == 403
    assert names(office)[2] == "Qualified"


def test_no_lead_enters_a_stage_that_is_being_archived(office: Office) -> None:
    lead_id, outcome = office.lead(), []
    gone, target = office.stage_ids["Contacted"], office.stage_ids["Qualified"]

    def enter() -> None:
        with office.serving() as session:
            try:
                moves.move(session, lead_id, gone, actor=LEADER)
                session.commit()
            except NotFoundError as error:
                outcome.append(error.sentence)

    with office.serving() as session:
        shaping.archive(session, gone, target, actor=LEADER)
        other = threading.Thread(target=enter)
        other.start()
        other.join(0.5)
        assert other.is_alive(), "it waits for what becomes of the stage"
        session.commit()
    other.join(10)
    assert outcome == ["There is no such stage."]
    assert office.get("/leads").status_code == 200
