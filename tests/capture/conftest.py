"""A website that sends leads."""

import itertools
import json
from dataclasses import dataclass
from typing import Any

import pytest
from psycopg import sql
from werkzeug.test import TestResponse

from app.capture import jobs
from tests.fixtures.application import Owner
from tests.fixtures.people import Person

JANE = {
    "name": "Jane Miller",
    "email": "Jane@Example.com",
    "phone": "020 7946 0958",
    "message": "Our roof leaks.",
}
TABLES = ("inbox_items", "leads", "touchpoints", "consents", "events")

_addresses = itertools.count(1)


def fresh_address() -> str:
    """A network address that has sent nothing yet."""
    number = next(_addresses)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


@dataclass(frozen=True)
class Site:
    """Alice's website, seen from its visitors and from behind the scenes."""

    person: Person
    key: str
    owner: Owner

    def send(self, body: object, *, address: str | None = None, **kwargs: Any) -> TestResponse:
        """POST /c/<key> from a browser that nobody knows; the worker hears the bell."""
        kwargs.setdefault("data", body if isinstance(body, str | bytes) else json.dumps(body))
        kwargs.setdefault("content_type", "application/json")
        answer = self.stranger(address).post(f"/c/{self.key}", csrf=False, **kwargs)
        self.work()
        return answer

    def work(self) -> None:
        """What a worker does at the bell."""
        with self.person.client.application.app_context():
            jobs.take_in_waiting()

    def fill(self, fields: dict[str, str], *, query: str = "", **kwargs: Any) -> TestResponse:
        """POST /f/<key> as a form."""
        return self.stranger().post(f"/f/{self.key}{query}", data=fields, csrf=False, **kwargs)

    def stranger(self, address: str | None = None) -> Any:
        client = self.person.client.application.test_client()
        client.environ_base["REMOTE_ADDR"] = address or fresh_address()
        return client

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows that the sendings of this test made."""
        statement = sql.SQL("SELECT to_jsonb(x) FROM {} x ORDER BY x.id").format(sql.Identifier(table))
        rows: list[Any] = [row[0] for row in self.owner.execute(statement).fetchall()]
        return [row for row in rows if row.get("type") != "company.founded"]

    def row(self, table: str) -> dict[str, Any]:
        (row,) = self.rows(table)
        return row

    def body(self) -> Any:
        """What the inbox kept of the only sending."""
        row = self.owner.execute("SELECT body FROM inbox_items").fetchone()
        assert row is not None and isinstance(row[0], bytes)
        return json.loads(row[0])

    def counts(self) -> dict[str, int]:
        return {table: len(self.rows(table)) for table in TABLES}


@pytest.fixture
def site(alice: Person, owner: Owner) -> Site:
    found = owner.execute("SELECT site_key FROM capture_sources WHERE company_id = %s", (alice.company_id,)).fetchone()
    assert found is not None
    return Site(alice, str(found[0]), owner)
