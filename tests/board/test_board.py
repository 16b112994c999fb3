"""The board: columns, what a move does, and who may make one."""

import pytest

from app.follow_up import queries
from tests.fixtures.people import Person
from tests.fixtures.statements import Statements
from tests.leads.conftest import HTMX, Office, OfficeOf


def test_the_columns_and_what_they_are_worth(office: Office, statements: Statements) -> None:
    office.lead("Ada", value_minor=100_000)
    office.lead("Ben", value_minor=25_050)
    office.lead("Casino", is_spam=True)
    statements.clear()
    page = office.partial("/leads/board").text
    assert len(statements) <= 4
    assert "2 leads · £1,250.50" in " ".join(page.split())
    assert page.count("data-stage=") == 5 and "Casino" not in page


def test_a_full_column_says_so(office: Office) -> None:
    for number in range(21):
        office.lead(f"Lead {number}")
    page = office.get("/leads/board").text
    assert "The newest 20 leads" in page and "/leads?stage=New" in page


def test_ageing_shows(office: Office) -> None:
    office.lead("Ada")
    assert "is-bad" not in office.partial("/leads/board").text


def test_a_move_with_its_reason(office: Office) -> None:
    lead_id = office.lead("Ada")
    with office.serving() as session:
        reason = queries.lost_reasons(session)[0].id
    values = {"lead": str(lead_id), "stage": "Lost", "reason": str(reason)}
    answer = office.post("/leads/board/moves", values, HTMX)
    assert "Ada is now in the stage" in answer.text and "Undo" in answer.text
    lead = office.read(lead_id)
    assert (lead.stage_id, lead.lost_reason_id) == (office.stage_ids["Lost"], reason)
    assert office.post("/leads/board/moves", {"lead": str(lead_id), "stage": "New"}).location == "/leads/board"
    assert office.read(lead_id).lost_reason_id is None


@pytest.mark.parametrize(
    "values", [{}, {"lead": "x"}, {"lead": "01a20dca-1e63-7003-83a6-f6c28b299867"}, {"stage": "Sold"}, {"reason": "x"}]
)
def test_what_does_not_exist(office: Office, values: dict[str, str]) -> None:
    lead_id = office.lead("Ada")
    given = {"lead": str(lead_id), "stage": "Lost"} | values if values else {}
    assert office.post("/leads/board/moves", given).status_code == 404
    assert office.read(lead_id).stage_id == office.stage_ids["New"]


def test_no_way_to_others_leads_and_none_for_viewers(
    office: Office, bob: Person, viewer: Person, office_of: OfficeOf
) -> None:
    lead_id = office.lead("Ada")
    others = office_of(bob)
    assert "Ada" not in others.get("/leads/board").text
    assert others.post("/leads/board/moves", {"lead": str(lead_id), "stage": "Won"}).status_code == 404
    looking = office_of(viewer)
    looking.lead("Hers")
    assert "data-handle" not in looking.get("/leads/board").text
    assert looking.post("/leads/board/moves", {"lead": str(lead_id), "stage": "Won"}).status_code == 403
