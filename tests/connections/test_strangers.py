"""Another company's connection does not exist; and not every member may do everything."""

import pytest
from sqlalchemy import update

from app.auth.models import Member
from tests.connections.conftest import Office, OfficeOf
from tests.fixtures.people import Person

CHANGES = ("accounts", "readings", "deletion")


def test_a_stranger_finds_nothing(office: Office, office_of: OfficeOf, charlie: Person) -> None:
    connection_id, stranger = office.connect(), office_of(charlie)
    assert stranger.client.get(f"/connections/{connection_id}").status_code == 404
    assert stranger.client.get(f"/connections/{connection_id}/accounts").status_code == 404
    for change in ("accounts", "deletion"):
        answer = stranger.post(f"/connections/{connection_id}/{change}", {"accounts": str(connection_id)})
        assert answer.status_code in (404, 409), change
    assert office.row(connection_id).state == "active"
    assert "olivia@northgate.example" not in stranger.client.get("/connections").text


@pytest.mark.parametrize(("role", "refused"), [("member", ("accounts", "deletion")), ("viewer", CHANGES)])
def test_who_may_change_what(office: Office, role: str, refused: tuple[str, ...]) -> None:
    connection_id = office.connect()
    with office.serving() as session:
        session.execute(update(Member).values(role=role))
        session.commit()
    for change in refused:
        assert office.post(f"/connections/{connection_id}/{change}").status_code == 403, change
    assert office.post("/connections/attempts").status_code == 403
    assert office.client.get("/connections/callback?state=x&code=y").status_code == 403
    page = office.client.get("/connections").text
    assert "Only an owner or an admin" in page
    assert "Delete connection" not in page
    assert "Delete connection" not in office.client.get(f"/connections/{connection_id}").text


def test_an_address_that_is_no_id(office: Office) -> None:
    assert office.client.get("/connections/not-an-id").status_code == 404
