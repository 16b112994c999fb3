"""Files that come in, and the worker that takes them."""

import io
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.imports import jobs
from tests.fixtures.people import Person
from tests.leads.conftest import office as office
from tests.leads.conftest import office_of as office_of

Work = Callable[[], None]


@pytest.fixture
def work(app: Flask) -> Work:
    """What the worker does when the bell rings."""

    def run() -> None:
        with app.app_context():
            jobs.work_off()

    return run


def send(person: Person, content: str | bytes, name: str = "people.csv", **fields: str) -> TestResponse:
    """Upload a file as the form does."""
    raw = content.encode() if isinstance(content, str) else content
    data = {"file": (io.BytesIO(raw), name), **fields}
    return person.client.post("/leads/imports", data=data, content_type="multipart/form-data")


def received(person: Person, content: str | bytes) -> str:
    """The address of the import that was made of the file."""
    answer = send(person, content)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def begin(person: Person, address: str, *columns: str, **options: str) -> TestResponse:
    chosen = {f"column-{place}": field for place, field in enumerate(columns)}
    return person.client.post(f"{address}/columns", data={"do": "start", **chosen, **options})


def id_of(address: str) -> uuid.UUID:
    return uuid.UUID(address.rsplit("/", 1)[1])
