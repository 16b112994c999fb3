"""The table as a file: what is in it, what is not, and that no cell runs."""

import csv
import io
from urllib.parse import urlencode

from sqlalchemy import select

from app.core.clock import utc_now
from app.core.words import gettext as _
from app.journal.models import SecurityEntry
from app.seeding import many
from tests.fixtures.application import Owner
from tests.fixtures.people import Person
from tests.leads.conftest import Office, OfficeOf


def read(office: Office, **asked: str) -> list[list[str]]:
    answer = office.get("/leads/export.csv?" + urlencode(asked))
    assert answer.status_code == 200
    text = answer.data.decode("utf-8-sig")
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_the_file_has_what_the_table_shows(office: Office) -> None:
    office.lead(
        'Ann "A", Lee',
        email="ann@example.com",
        phone="07700 900123",
        channel="Paid Search",
        source_words="Google Ads",
        value_minor=125_050,
        owner_id=office.person.user_id,
    )
    office.lead("Ben", hours_ago=2)
    heading, ann, ben = read(office)
    assert heading[0] == _("Name") and len(heading) == len(ann) == 10
    assert ann[:9] == ['Ann "A", Lee', "ann@example.com", "07700 900123", "Paid Search", "Google Ads", "New", "Alice",
                       "1250.50", "GBP"]  # fmt: skip
    assert ben[6:8] == ["", ""]
    assert ann[9][:4] == str(utc_now().year)


def test_the_file_is_narrowed_as_the_table_is(office: Office) -> None:
    office.lead("Ann", channel="Email")
    office.lead("Ben", stage="Won")
    office.lead("Casino", is_spam=True)
    assert [row[0] for row in read(office, channel="Email")[1:]] == ["Ann"]
    assert [row[0] for row in read(office, stage="Won")[1:]] == ["Ben"]
    assert [row[0] for row in read(office, stage="spam")[1:]] == ["Casino"]
    assert [row[0] for row in read(office, q="be", stage="Won")[1:]] == ["Ben"]
    assert office.get("/leads/export.csv?stage=Sold").status_code == 404
    assert office.get("/leads/export.csv?from=x").status_code == 422


def test_tests_and_samples_stay_out(office: Office) -> None:
    office.lead("A test", is_test=True)
    office.lead("A sample", is_demo=True)
    assert len(read(office)) == 1


def test_no_cell_is_a_formula(office: Office) -> None:
    for text in ("=1+1", "+1", "-1", "@x", "＝1", "\t=1", '="a"'):
        office.lead(text, source_words=text, phone=text)
    for row in read(office)[1:]:
        for cell in (row[0], row[2], row[4]):
            assert cell.startswith("'"), row


def test_more_than_one_piece(office: Office, owner: Owner) -> None:
    with office.serving() as session:
        many.seed_many(session, 2_500, currency="GBP")
        session.commit()
    owner.execute("UPDATE leads SET is_demo = false, is_test = false, is_spam = false")
    assert len(read(office)) == 2_501
    assert len(read(office, until="2100-01-01")) == 2_501


def test_who_took_leads_along_is_in_the_security_log(office: Office) -> None:
    read(office, q="secret name")
    with office.serving() as session:
        entry = session.scalars(select(SecurityEntry).where(SecurityEntry.kind == "leads.exported")).one()
        assert entry.user_name == "Alice"


def test_nobody_exports_another_companys_leads(office: Office, bob: Person, office_of: OfficeOf) -> None:
    office.lead("Hannah")
    assert len(read(office_of(bob))) == 1
    assert len(read(office_of(bob), q="hannah")) == 1


def test_viewers_take_nothing_along(viewer: Person, office_of: OfficeOf) -> None:
    others = office_of(viewer)
    assert others.get("/leads/export.csv").status_code == 403
    assert "export.csv" not in others.get("/leads/filters").text
