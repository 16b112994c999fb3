"""Adding a lead by hand."""

import pytest
from sqlalchemy import select

from app.leads.models import Lead
from tests.fixtures.people import Person
from tests.leads.conftest import Office, OfficeOf

TOLD = {
    "name": "Hannah Clarke",
    "phone": "07700 900123",
    "email": "",
    "way": "phone",
    "message": "Slates",
    "value": "1,200",
}


def test_a_lead_is_added(office: Office) -> None:
    assert "Add lead" in office.get("/leads").text
    assert "How did they come?" in office.get("/leads/new").text
    answer = office.post("/leads", TOLD)
    assert answer.status_code == 303
    with office.serving() as session:
        lead = session.scalars(select(Lead)).one()
    assert answer.location == f"/leads/{lead.id}"
    assert (lead.phone_e164, lead.channel, lead.source_words, lead.value_minor) == (
        "+447700900123",
        "Offline",
        "Called",
        120_000,
    )
    (event,) = office.events(lead.id, "lead.arrived")
    assert (event.actor_name, event.data["by_hand"]) == ("Alice", True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "", "phone": "", "email": ""},
        {"email": "nonsense"},
        {"way": "by-pigeon"},
        {"value": "much"},
        {"message": "x" * 5001},
        {"name": "x" * 201},
    ],
)
def test_what_cannot_be_added_comes_back(office: Office, wrong: dict[str, str]) -> None:
    answer = office.post("/leads", TOLD | wrong)
    assert answer.status_code == 422
    assert TOLD["message"] in answer.text or "message" in wrong
    with office.serving() as session:
        assert session.scalars(select(Lead)).all() == []


def test_viewers_add_nothing(viewer: Person, office_of: OfficeOf) -> None:
    office = office_of(viewer)
    assert "Add lead" not in office.get("/leads").text
    assert office.post("/leads", TOLD).status_code == 403
