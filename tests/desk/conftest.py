"""Ann and Ben of the staff, at the desk."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pyotp
import pytest
from flask import Flask

from app.support import forms
from tests.fixtures.application import Owner
from tests.fixtures.browser import Browser
from tests.fixtures.mail import Mailbox
from tests.fixtures.people import Person

PASSWORD = "copper kettle under ninety clouds"


@dataclass(frozen=True)
class Colleague:
    """Somebody of the staff, signed in."""

    client: Browser
    name: str
    email: str
    key: str


@pytest.fixture(autouse=True)
def nobody_at_the_desk(app: Flask, owner: Owner) -> None:
    owner.execute("DELETE FROM support_requests; DELETE FROM staff; DELETE FROM staff_entries")


@pytest.fixture
def hire(app: Flask) -> Callable[[str], Colleague]:
    """Adds somebody as the command does, not signed in yet."""

    def add(name: str) -> Colleague:
        email, browser = f"{name.lower()}@leader.example", app.test_client()
        run = app.test_cli_runner().invoke(
            args=["leader", "staff", "add", email, "--name", name, "--password", PASSWORD]
        )
        assert run.exit_code == 0, run.output
        found = re.search(r"Key: ([A-Z2-7]{32})", run.output)
        assert found
        assert "█" in run.output or "▀" in run.output
        assert isinstance(browser, Browser)
        return Colleague(browser, name, email, found[1])

    return add


def enter(colleague: Colleague, **changes: str):  # type: ignore[no-untyped-def]
    typed = {"email": colleague.email, "password": PASSWORD, "code": pyotp.TOTP(colleague.key).now()}
    return colleague.client.post("/desk/sign-in", data=typed | changes)


@pytest.fixture
def ann(hire: Callable[[str], Colleague]) -> Colleague:
    colleague = hire("Ann")
    assert enter(colleague).status_code == 303
    return colleague


@pytest.fixture
def ben(hire: Callable[[str], Colleague]) -> Colleague:
    colleague = hire("Ben")
    assert enter(colleague).status_code == 303
    return colleague


@pytest.fixture
def asked(
    app: Flask, alice: Person, mailbox: Mailbox, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, str]:
    """Id and reference of a request that Alice made."""
    monkeypatch.setattr(forms, "FASTEST_SECONDS", 0)
    typed = {"name": "Alice", "email": alice.email, "subject": "Delete us", "body": "Please delete our account."}
    shown = {"shown": forms.shown_now(app.config["SECRET_KEY"])}
    assert alice.client.post("/support/requests/new", data=typed | shown).status_code == 200
    row = owner.execute("SELECT id, reference FROM support_requests").fetchone()
    assert row
    return str(row[0]), str(row[1])
