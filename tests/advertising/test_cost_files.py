"""Costs from files: nothing counts unseen, nothing twice, and each can be taken out again."""

import io
import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.advertising import cost_files, jobs
from app.advertising.cost_table import Wanted
from app.advertising.models import AdCost, CostFile
from app.connections.models import AdAccount
from app.core.clock import utc_now
from app.core.events import LEADER
from tests.connections.conftest import Office
from tests.fixtures.people import Person

TODAY = utc_now().date()
ACCOUNT = "9998887776"


def day(back: int) -> str:
    return (TODAY - timedelta(days=back)).isoformat()


def content(*lines: tuple[int, str, str]) -> bytes:
    """Lines of (days ago, campaign, cost)."""
    return "\n".join(["Day,Campaign,Cost", *(f"{day(back)},{name},{cost}" for back, name, cost in lines)]).encode()


def take(office: Office, *lines: tuple[int, str, str], customer: str = ACCOUNT, use: bool = True) -> uuid.UUID:
    with office.serving() as session:
        wanted = Wanted(customer, "GBP", is_month_first=False, today=TODAY)
        file = cost_files.take_in(session, content(*lines), wanted, name="costs.csv", actor=LEADER)
        if use:
            cost_files.use(session, file.id, actor=LEADER)
        session.commit()
        return file.id


def costs(office: Office, customer: str = ACCOUNT) -> dict[date, int]:
    with office.serving() as session:
        rows = session.execute(
            select(AdCost.day, func.sum(AdCost.cost_minor)).where(AdCost.customer_id == customer).group_by(AdCost.day)
        )
        return {row[0]: int(row[1]) for row in rows}


def days(**found: int) -> dict[date, int]:
    return {TODAY - timedelta(days=int(back[1:])): cost for back, cost in found.items()}


def undo(office: Office, file_id: uuid.UUID) -> None:
    with office.serving() as session:
        cost_files.undo(session, file_id, actor=LEADER)
        session.commit()


def test_nothing_counts_before_it_is_used_and_twice_is_once(office: Office) -> None:
    first = take(office, (3, "A", "5"), use=False)
    assert costs(office) == {}
    assert take(office, (3, "A", "5")) == first
    assert take(office, (3, "A", "5")) == first
    assert costs(office) == days(d3=500)


def test_a_later_file_replaces_its_days_alone_and_undoing_brings_back_what_was(office: Office) -> None:
    first = take(office, (3, "A", "5"), (3, "B", "1"), (2, "A", "7"))
    second = take(office, (3, "A", "9"))
    assert costs(office) == days(d3=900, d2=700)
    undo(office, second)
    assert costs(office) == days(d3=600, d2=700)
    undo(office, second)
    undo(office, first)
    assert costs(office) == {}


def test_what_google_told_is_never_added_to(office: Office) -> None:
    connection_id = office.connect()
    office.read_accounts(connection_id)
    customer = "1234567890"
    before = take(office, (5, "By hand", "1000"), (200, "By hand", "3"), customer=customer)
    assert costs(office, customer) == days(d5=100_000, d200=300)
    with office.app.app_context():
        jobs.plan_readings()
        jobs.read_due()
    told = costs(office, customer)
    assert len(told) == 91 and told[TODAY - timedelta(days=5)] < 100_000
    undo(office, before)
    take(office, (5, "By hand", "2000"), (200, "By hand", "4"), customer=customer)
    again = costs(office, customer)
    assert again[TODAY - timedelta(days=5)] == told[TODAY - timedelta(days=5)]
    assert again[TODAY - timedelta(days=200)] == 400


def test_the_pages(office: Office, alice: Person, charlie: Person, viewer: Person) -> None:
    address = "/reports/costs/files"

    def send(person: Person, body: bytes, customer: str = "999-888-7776", **more: str):  # type: ignore[no-untyped-def]
        data = {"customer_id": customer, "currency": "GBP", "file": (io.BytesIO(body), "costs.csv"), **more}
        return person.client.post(address, data=data, content_type="multipart/form-data")

    assert send(viewer, content((1, "A", "5"))).status_code == 403
    for body, customer in ((b"nonsense", "9998887776"), (content((1, "A", "5")), "12"), (b"", "9998887776")):
        assert send(alice, body, customer).status_code == 422
    assert send(alice, b"x" * (6 << 20)).status_code in (413, 422)
    page = send(alice, content((1, "=HYPERLINK(1)", "5"), (1, "", "3")))
    assert page.status_code == 303
    seen = alice.client.get(page.location).text
    assert "Does not count yet" in seen and "names no campaign" in seen
    for act in ("/use", "/use/end", "/removal"):
        assert charlie.client.post(page.location + act).status_code == 404
    assert charlie.client.get(page.location).status_code == 404
    assert alice.client.post(page.location + "/use").status_code == 303
    assert "HYPERLINK" in alice.client.get("/reports/costs").text
    assert alice.client.post(page.location + "/removal").status_code == 303
    with office.serving() as session:
        assert session.scalar(select(CostFile.state)) == "used", "what counts is not deleted"
    assert alice.client.post(page.location + "/use/end").status_code == 303
    assert alice.client.post(page.location + "/removal").status_code == 303
    assert alice.client.get(address).status_code == 200


@pytest.mark.parametrize("query", ["", "?days=7", "?days=x", "?days=9999", "?campaign=1234567890~21034567890"])
def test_costs_with_the_progress_and_reading_again(office: Office, query: str) -> None:
    office.read_accounts(office.connect())
    with office.app.app_context():
        jobs.plan_readings()
        jobs.read_due()
    page = office.client.get(f"/reports/costs{query}").text
    assert "90 of the last 90 days are read" in page and "metal-roofs-leeds" in page


def test_reading_again_is_asked_once(office: Office, charlie: Person, viewer: Person) -> None:
    office.read_accounts(office.connect())
    with office.serving() as session:
        account_id = session.scalar(select(AdAccount.id).where(AdAccount.is_chosen))
    address = f"/reports/costs/readings/{account_id}"
    assert charlie.client.post(address).status_code == 404
    assert viewer.client.post(address).status_code == 403
    for words in ("once more", "being read already"):
        office.post(address)
        assert words in office.client.get("/reports/costs").text
    with office.app.app_context():
        jobs.read_due()
    office.post(address)
    assert "Wait ten minutes" in office.client.get("/reports/costs").text
    assert office.client.get("/reports/costs/reading").status_code == 200
