"""Companies with leads."""

import contextlib
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core import events, tenancy
from app.core.clock import utc_now
from app.core.events import Event
from app.core.ids import new_id
from app.leads import stages
from app.leads.models import Lead
from tests.fixtures.application import NewSession
from tests.fixtures.people import Person

HTMX = {"HX-Request": "true"}


class Office:
    """One company's leads, seen from the database and from the browser."""

    def __init__(self, person: Person, new_session: NewSession) -> None:
        self.person, self._new_session = person, new_session
        with self.serving() as session:
            self.stage_ids = {stage.name: stage.id for stage in stages.in_order(session)}

    @contextlib.contextmanager
    def serving(self) -> Iterator[Session]:
        """A session that serves the company."""
        with self._new_session() as session:
            tenancy.serve(session, self.person.company_id)
            yield session

    def lead(
        self, name: str = "Hannah Clarke", *, hours_ago: float = 1, stage: str = "New", **values: Any
    ) -> uuid.UUID:
        """A lead that arrived some time ago."""
        at = utc_now() - timedelta(hours=hours_ago)
        lead = Lead(id=new_id(), stage_id=self.stage_ids[stage], name=name, currency="GBP", created_at=at, **values)
        with self.serving() as session:
            session.add(lead)
            session.flush()
            events.record(session, "lead.arrived", lead_id=lead.id)
            session.commit()
        return lead.id

    def read(self, lead_id: uuid.UUID) -> Lead:
        with self.serving() as session:
            return session.scalars(select(Lead).where(Lead.id == lead_id)).one()

    def events(self, lead_id: uuid.UUID, type_: str) -> list[Event]:
        with self.serving() as session:
            statement = select(Event).where(Event.lead_id == lead_id, Event.type == type_)
            return list(session.scalars(statement.order_by(Event.id)))

    def get(self, address: str, **headers: str) -> TestResponse:
        return self.person.client.get(address, headers=headers)

    def partial(self, address: str, **headers: str) -> TestResponse:
        return self.person.client.get(address, headers=HTMX | headers)

    def post(self, address: str, data: dict[str, str], headers: dict[str, str] | None = None) -> TestResponse:
        return self.person.client.post(address, data=data, headers=headers or {})


OfficeOf = Callable[[Person], Office]


@pytest.fixture
def office_of(new_session: NewSession) -> OfficeOf:
    return lambda person: Office(person, new_session)


@pytest.fixture
def office(alice: Person, office_of: OfficeOf) -> Office:
    return office_of(alice)
