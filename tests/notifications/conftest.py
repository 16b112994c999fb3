"""A company with leads, two members and their mail."""

import uuid

import pytest

from tests.fixtures.application import NewSession, Owner
from tests.fixtures.people import Person, Welcome
from tests.leads.conftest import Office


@pytest.fixture
def office(alice: Person, new_session: NewSession) -> Office:
    return Office(alice, new_session)


@pytest.fixture
def mia(alice: Person, welcome: Welcome, owner: Owner) -> Person:
    """A member of Alice's company; her own was only needed to make her."""
    person = welcome("Mia", "Mia's")
    move(owner, person, alice, "member")
    return person


def move(owner: Owner, person: Person, to: Person, role: str) -> None:
    owner.execute("DELETE FROM notification_choices WHERE user_id = %s", (person.user_id,))
    owner.execute(
        "UPDATE members SET company_id = %s, role = %s WHERE user_id = %s", (to.company_id, role, person.user_id)
    )
    owner.execute("UPDATE sign_in_sessions SET company_id = %s WHERE user_id = %s", (to.company_id, person.user_id))
    owner.execute(
        "INSERT INTO notification_choices VALUES (%s, %s, %s, '[]', '[]', 'none', now(), now(), %s)",
        (to.company_id, uuid.uuid4(), person.user_id, uuid.uuid4().hex),
    )
