"""A person who asked to be erased is in no line of a file any more."""

from sqlalchemy import select

from app.imports.models import ImportPiece, LeadImport
from app.subjects.models import REASONS
from tests.fixtures.people import Person
from tests.imports.conftest import Work, begin, received
from tests.leads.conftest import Office

FILE = """name,email,phone
Ann Again,ANN@example.com,
Ann by phone,,07700 900 001
Ben Bad,no address,
"""


def test_refused_and_waiting_lines_of_an_erased_person_go(office: Office, charlie: Person, work: Work) -> None:
    lead_id = office.lead("Ann", email="ann@example.com", phone="07700 900001", phone_e164="+447700900001")
    done = received(office.person, FILE)
    begin(office.person, done, "name", "email", "phone")
    work()
    received(office.person, "name,email\nAnn once more,ann@example.com\nCid,cid@example.com\n")
    theirs = received(charlie, FILE)
    assert "asked" in REASONS
    erased = office.post(f"/leads/{lead_id}/erasure", {"reason": "asked", "confirm": "y"})
    assert erased.status_code == 303, erased.text
    refused = office.get(f"{done}/refused.csv").text
    assert "Ben Bad" in refused and "Ann" not in refused
    with office.serving() as session:
        bodies = b"".join(session.scalars(select(ImportPiece.body)))
        counts = {row.lines_total for row in session.scalars(select(LeadImport))}
    assert b"Ann" not in bodies and b"Cid" in bodies and counts == {1}
    assert "3 lines" in charlie.client.get(theirs).text
