"""A company whose calls are on, and a provider that speaks to it."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.calls import numbers, providers, queries
from app.calls.models import Call
from app.companies.vault import open_vault
from app.core.events import LEADER
from app.follow_up.models import Task
from app.integrations.telephony import callrail, twilio
from app.leads.models import Lead
from tests.fixtures.browser import BASE_URL
from tests.leads.conftest import Office
from tests.leads.conftest import office as office
from tests.leads.conftest import office_of as office_of

TOKEN = "twilio-token-0123456789abcdef"
OUR_NUMBER, CALLER = "+442079460018", "+447700900123"


class Exchange:
    """Sends what providers send."""

    def __init__(self, app: Flask, office: Office) -> None:
        self.app, self.office = app, office
        with office.serving() as session:
            self.key = providers.switch(session, is_on=True, actor=LEADER).call_key
            box = open_vault(session, app.extensions["leader"].key_ring)
            for provider in providers.PROVIDERS:
                providers.keep_secret(session, provider, TOKEN, box)
            numbers.add(session, OUR_NUMBER, source="google", medium="cpc", campaign="Spring roofing")
            session.commit()

    def twilio(self, call_id: str = "CA1", *, token: str = TOKEN, query: str = "", **fields: str) -> TestResponse:
        said = {"CallSid": call_id, "From": CALLER, "To": OUR_NUMBER, "Direction": "inbound", **fields}
        return self._from_twilio(said, token, query)

    def recording(self, call_id: str, fields: dict[str, str], *, query: str = "") -> int:
        """A recording callback; the status of the answer."""
        return self._from_twilio({"CallSid": call_id, **fields}, TOKEN, query).status_code

    def _from_twilio(self, said: dict[str, str], token: str, query: str) -> TestResponse:
        url = f"{BASE_URL}/hooks/calls/{self.key}/twilio{query}"
        return self.app.test_client().post(
            url.removeprefix(BASE_URL),
            data=urlencode(said),
            headers={"X-Twilio-Signature": twilio.signature(token, url, list(said.items()))},
            content_type="application/x-www-form-urlencoded",
            csrf=False,
        )

    def generic(self, secret: str = TOKEN, **fields: Any) -> TestResponse:
        said = {"id": "1", "from": CALLER, "to": OUR_NUMBER, **fields}
        headers = {"Authorization": f"Bearer {secret}"}
        address = f"/hooks/calls/{self.key}/generic"
        return self.app.test_client().post(address, json=said, headers=headers, csrf=False)

    def callrail(self, body: bytes, *, key: str = TOKEN) -> TestResponse:
        headers = {"Signature": callrail.signature(key, body), "Content-Type": "application/json"}
        address = f"/hooks/calls/{self.key}/callrail"
        return self.app.test_client().post(address, data=body, headers=headers, csrf=False)

    def call(self, external_id: str = "CA1") -> Call | None:
        with self.office.serving() as session:
            return session.scalar(select(Call).where(Call.external_id == external_id))

    def calls(self) -> list[Call]:
        with self.office.serving() as session:
            return list(session.scalars(select(Call)))

    def leads(self) -> list[Lead]:
        with self.office.serving() as session:
            return list(session.scalars(select(Lead).order_by(Lead.created_at)))

    def tasks(self) -> list[Task]:
        with self.office.serving() as session:
            return list(session.scalars(select(Task)))

    def page(self) -> queries.CallPage:
        with self.office.serving() as session:
            return queries.page(session, "", None)


@pytest.fixture
def exchange(app: Flask, office: Office) -> Exchange:
    return Exchange(app, office)


def as_json(**fields: Any) -> bytes:
    return json.dumps(fields).encode()
