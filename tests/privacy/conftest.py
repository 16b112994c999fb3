"""A company with a bit of everything, for closing and erasing."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from app.core.clock import utc_now
from app.core.events import Actor
from app.leads import notes
from app.privacy import jobs
from tests.connections.conftest import office, office_of  # noqa: F401
from tests.conversions.conftest import Desk, desk, open_desk  # noqa: F401
from tests.fixtures.application import Owner
from tests.fixtures.people import Person

Counts = dict[str, int]
CountRows = Callable[[uuid.UUID], Counts]


@pytest.fixture
def count_rows(owner: Owner) -> CountRows:
    """How many rows of each table belong to a company; tables without any are left out."""

    def count(company_id: uuid.UUID) -> Counts:
        tables = owner.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND column_name = 'company_id' ORDER BY table_name"
        ).fetchall()
        found = {}
        for (table,) in tables:
            row = owner.execute(f"SELECT count(*) FROM {table} WHERE company_id = %s", (company_id,)).fetchone()  # type: ignore[arg-type] # noqa: S608
            assert row
            if row[0]:
                found[str(table)] = int(str(row[0]))
        return found

    return count


@pytest.fixture
def full_desk(desk: Desk) -> Desk:  # noqa: F811
    """Alice's company with leads from her website, notes, reports to Google, and some still to be sent."""
    person = desk.office.person
    for number in range(3):
        lead_id = desk.won(email=f"lead{number}@example.org", phone="07700 900123", phone_e164="+447700900123")
        with desk.office.serving() as session:
            notes.add(session, lead_id, "Call back on Monday", actor=Actor(person.user_id, person.name))
            session.commit()
    desk.work()
    desk.won()
    return desk


@pytest.fixture
def let_thirty_days_pass(owner: Owner) -> Callable[[], None]:
    def pass_time() -> None:
        owner.execute("UPDATE companies SET erase_at = %s WHERE closed_at IS NOT NULL", (utc_now() - timedelta(1),))

    return pass_time


@pytest.fixture
def incinerate(app: Flask) -> Callable[[], None]:
    """What a worker does at the bell."""

    def work() -> None:
        with app.app_context():
            jobs.incinerate_due()

    return work


def closed(person: Person, **changes: str) -> int:
    """Close the person's account on the page; the status of the answer."""
    data = {"company_name": person.company_name, "password": person.password} | changes
    return person.client.post("/account/closing", data=data).status_code


def sign_in(person: Person) -> str:
    """Sign in anew; where that leads."""
    answer = person.client.post("/sign-in", data={"email": person.email, "password": person.password})
    assert answer.status_code == 303, answer.text
    return str(answer.location)
