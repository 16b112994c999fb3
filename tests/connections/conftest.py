"""A member of a company on the way to Google and back, and what the practice Google saw of it."""

import re
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.companies.vault import open_vault
from app.connections import jobs
from app.connections.models import Connection
from app.core import tenancy
from app.core.crypto import SealedBox
from app.core.db import db
from app.core.events import Event
from app.core.services import services
from sandbox import Practice
from tests.fixtures.browser import Browser
from tests.fixtures.people import Person
from tests.sandbox.visitor import OWNER, consent


@dataclass
class Office:
    """One company's browser and database session."""

    app: Flask
    google: Practice
    person: Person

    @property
    def client(self) -> Browser:
        return self.person.client

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        return self.client.post(path, data=data, **options)

    def leave(self) -> str:
        """Begin a trip; the address at Google."""
        page = self.post("/connections/attempts")
        assert page.status_code == 200, page.text
        found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.text)
        assert found, page.text
        return unescape(found[1])

    def come_back(self, address: str) -> TestResponse:
        parts = urlsplit(address)
        return self.client.get(f"{parts.path}?{parts.query}")

    def connect(self, who: str = OWNER, **choice: Any) -> uuid.UUID:
        """The whole trip; the id of the connection."""
        answer = self.come_back(consent(self.leave(), who, **choice))
        assert answer.status_code == 303, answer.text
        return uuid.UUID(answer.location.rpartition("/")[2])

    @contextmanager
    def serving(self) -> Iterator[Session]:
        """A database session of the company, as a worker has one."""
        with self.app.app_context():
            tenancy.serve(db.session(), self.person.company_id)
            yield db.session()

    def meanwhile(self, act: Callable[[], TestResponse]) -> TestResponse:
        """A request while this thread holds a database session, which a request must not share."""
        with ThreadPoolExecutor(1) as threads:
            return threads.submit(act).result(timeout=30)

    def row(self, connection_id: uuid.UUID) -> Connection:
        with self.serving() as session:
            return session.scalars(select(Connection).where(Connection.id == connection_id)).one()

    def events(self) -> list[str]:
        """The types of the connection events, in order."""
        with self.serving() as session:
            return list(session.scalars(select(Event.type).where(Event.type.like("connection.%")).order_by(Event.id)))

    def box(self, session: Session) -> SealedBox:
        return open_vault(session, services().key_ring)

    def read_accounts(self, connection_id: uuid.UUID) -> None:
        """As the worker does it."""
        with self.app.app_context():
            jobs.read_accounts(str(self.person.company_id), str(connection_id))

    def fault(self, **faults: str) -> None:
        requests.post(f"{self.google.http_url}/practice/api/faults", json=faults, timeout=10)

    def live_grants(self) -> int:
        """How many grants are not revoked at Google."""
        grants = requests.get(f"{self.google.http_url}/practice/api/grants", timeout=10).json()
        return sum(grant["revoked_at"] is None for grant in grants["grants"])

    def revoke_at_google(self) -> None:
        """As the person would in the settings of the Google account."""
        grants = requests.get(f"{self.google.http_url}/practice/api/grants", timeout=10).json()["grants"]
        for grant in grants:
            data = {"grant": grant["id"]}
            done = requests.post(f"{self.google.http_url}/practice/revoke", data=data, timeout=10)
            assert done.ok, done.text


OfficeOf = Callable[[Person], Office]


@pytest.fixture
def office_of(app: Flask, google: Practice) -> OfficeOf:
    return lambda person: Office(app, google, person)


@pytest.fixture
def office(office_of: OfficeOf, alice: Person) -> Office:
    return office_of(alice)
