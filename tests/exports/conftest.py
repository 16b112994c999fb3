"""A company that has something in every corner, and its archive."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from app.connections.models import AdAccount, Connection, ConversionAction
from app.conversions.models import ConversionMapping, ConversionUpload, ReceiptEntry
from app.core import tenancy
from app.core.events import Actor
from app.core.ids import new_id
from app.exports import jobs
from app.leads.models import Lead
from app.leads.stages import in_order
from app.seeding import stories
from tests.fixtures.application import NewSession, Owner
from tests.fixtures.people import PASSWORD, Person

HOSTILE = ["=1+1", "+44 20 7946 0000", "-1", "@SUM(A1)", "\tx", "＝cmd", 'a,"b"\r\n=c', "</script><b>&amp;", "'", ""]
CANARY = "canary-never-to-leave"

Work = Callable[[], None]


@dataclass(frozen=True)
class Opened:
    """An archive that was downloaded."""

    content: bytes
    zip: zipfile.ZipFile

    def rows(self, table: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.zip.read(f"data/{table}.jsonl").splitlines()]

    def text(self, name: str) -> str:
        return self.zip.read(name).decode()


@pytest.fixture(autouse=True)
def empty_folder(application: Flask) -> None:
    """No archives of earlier tests."""
    for path in (application.extensions["leader"].settings.data_dir / "exports").glob("*/*"):
        path.unlink()


@pytest.fixture
def work(app: Flask) -> Work:
    """What the worker does when the bell rings."""

    def run() -> None:
        with app.app_context():
            jobs.make_due()

    return run


@pytest.fixture
def furnish(new_session: NewSession, owner: Owner) -> Callable[[Person], None]:
    """Gives a company leads with their histories, hostile ones among them, a connection and an upload."""

    def put(person: Person) -> None:
        session = new_session()
        tenancy.serve(session, person.company_id)
        stories.tell_all(session, Actor(person.user_id, person.name))
        stage = in_order(session)[0]
        session.add_all(Lead(stage_id=stage.id, name=text, message=text, currency="GBP") for text in HOSTILE)
        session.flush()
        _connect(session, person, stage.id)
        session.commit()
        owner.execute("UPDATE leads SET is_demo = false WHERE company_id = %s", (person.company_id,))

    return put


def _connect(session: Any, person: Person, stage_id: Any) -> None:
    connection = Connection(
        id=new_id(),
        google_subject=f"g-{person.name}",
        google_email="g@example.com",
        scopes=["a", "b"],
        sealed_refresh_token=CANARY,
        connected_by=person.user_id,
        connected_by_name=person.name,
    )
    account = AdAccount(id=new_id(), connection_id=connection.id, customer_id="1", login_customer_id="1",
                        conversion_customer_id="1", name="Ads", currency="GBP", time_zone="Europe/London")  # fmt: skip
    action = ConversionAction(id=new_id(), ad_account_id=account.id, google_id="7", name="Sale", category="PURCHASE",
                              counting_type="ONE_PER_CLICK", click_window_days=30)  # fmt: skip
    mapping = ConversionMapping(
        id=new_id(), stage_id=stage_id, conversion_action_id=action.id, value_minor=100, currency="GBP"
    )
    lead = session.query(Lead).filter(Lead.name == "=1+1").one()
    upload = ConversionUpload(id=new_id(), lead_id=lead.id, mapping_id=mapping.id, connection_id=connection.id,
                              transaction_id="t", state="accepted", payload={"value": 1.5, "note": "é=\\"})  # fmt: skip
    for row in (connection, account, action, mapping, upload):
        session.add(row)
        session.flush()
    session.add(ReceiptEntry(upload_id=upload.id, position=1, hash=b"h", kind="accepted", data={"words": "ok"}))


def ask(person: Person) -> None:
    assert person.client.post("/settings/data/exports").status_code == 303


def download(person: Person, owner: Owner, password: str = PASSWORD) -> Any:
    row = owner.execute(
        "SELECT id FROM exports WHERE company_id = %s ORDER BY asked_at DESC", (person.company_id,)
    ).fetchone()
    assert row
    return person.client.post(f"/settings/data/exports/{row[0]}/download", data={"password": password})


@pytest.fixture
def export(work: Work, owner: Owner) -> Callable[[Person], Opened]:
    """Asks, works, downloads and opens."""

    def run(person: Person) -> Opened:
        ask(person)
        work()
        answer = download(person, owner)
        assert answer.status_code == 200, answer.text[:2000]
        return Opened(answer.data, zipfile.ZipFile(io.BytesIO(answer.data)))

    return run
