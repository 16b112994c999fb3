"""A company with a browser, on the way to the practice Google."""

import pytest
from flask import Flask

from sandbox import Practice
from tests.connections.conftest import Office
from tests.fixtures.people import Person


@pytest.fixture
def office(app: Flask, google: Practice, alice: Person) -> Office:
    return Office(app, google, alice)
