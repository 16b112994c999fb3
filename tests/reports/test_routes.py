"""The pages of the reports."""

import pytest

from tests.fixtures.people import Person
from tests.leads.conftest import Office, OfficeOf

PAGES = ("/reports", "/reports/sources", "/reports/pipeline", "/reports/team", "/reports/months")


@pytest.mark.parametrize("address", PAGES)
def test_a_company_without_leads_is_told_so(office: Office, address: str) -> None:
    text = office.get(address).text
    assert "No leads" in text


@pytest.mark.parametrize("address", PAGES)
def test_a_company_with_leads_sees_them_at_once(office: Office, address: str) -> None:
    for stage in ("New", "Won", "Lost"):
        office.lead(stage=stage, value_minor=125000)
    text = office.get(address).text
    assert "No leads" not in text and "£1,250" in text


@pytest.mark.parametrize("asked", ["channel", "source", "campaign", "keyword", "landing_page"])
def test_every_question_has_its_table(office: Office, asked: str) -> None:
    office.lead()
    assert office.get(f"/reports/sources?by={asked}&period=7-days&model=linear").status_code == 200
    answer = office.get(f"/reports/sources?by={asked}&format=csv")
    assert answer.content_type.startswith("text/csv") and "All leads,1" in answer.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/reports?period=ever", 422),
        ("/reports?model=guess", 422),
        ("/reports?from=x", 422),
        ("/reports/sources?by=shoe-size", 404),
        ("/reports?from=2026-01-01&to=2026-01-02", 200),
    ],
)
def test_addresses_typed_by_hand(office: Office, address: str, status: int) -> None:
    assert office.get(address).status_code == status


def test_strangers_see_their_own_figures_only(office: Office, office_of: OfficeOf, charlie: Person) -> None:
    office.lead(stage="Won", value_minor=987600)
    office.get("/reports")
    assert "9,876" not in office_of(charlie).get("/reports").text


def test_the_owner_chooses_the_model(office: Office) -> None:
    office.lead()
    assert office.post("/reports/attribution-model", {"model": "linear"}).location == "/reports"
    assert '<option value="linear" selected>' in office.get("/reports").text
    assert office.post("/reports/attribution-model", {"model": "x"}).status_code == 422


def test_viewers_read_reports(viewer: Person, office_of: OfficeOf) -> None:
    office = office_of(viewer)
    assert office.get("/reports").status_code == 200
    assert office.post("/reports/attribution-model", {"model": "linear"}).status_code == 403


def test_three_things_need_attention(office: Office) -> None:
    office.lead(hours_ago=30)
    assert "1 lead has waited for an answer for over a day." in office.get("/reports").text
