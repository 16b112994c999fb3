"""Leads that hold something in every place where a lead can leave a trace."""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

import pytest
from psycopg import sql

from app.core.events import Actor
from app.leads import notes
from tests.capture.conftest import Site, site
from tests.conversions.conftest import desk, open_desk
from tests.fixtures.application import Owner
from tests.leads.conftest import Office, office, office_of

__all__ = ["desk", "office", "office_of", "open_desk", "site"]

CANARIES = (
    "Quillfeather", "quill@canary.example", "7946 0958", "+442079460958", "wren-gclid", "the east gable", "nest-77",
)  # fmt: skip


@dataclass(frozen=True)
class Wren:
    """A lead by the name of Wren Quillfeather, and her company."""

    lead_id: uuid.UUID
    site: Site
    office: Office


@pytest.fixture
def wren(site: Site, office: Office) -> Wren:
    """She came from an ad, was written about, and can be found by her name in every table that keeps leads."""
    answer = site.send(
        {
            "client_event_id": "nest-77",
            "fields": {
                "name": "Wren Quillfeather",
                "email": "quill@canary.example",
                "phone": "020 7946 0958",
                "message": "It leaks at the east gable.",
            },
            "first": {"landing_page": "https://awnings.example/?gclid=wren-gclid", "referrer": ""},
            "consent": {"ad_user_data": "granted", "ad_personalization": "denied"},
        }
    )
    lead_id = uuid.UUID(answer.json["id"])
    with office.serving() as session:
        notes.add(session, lead_id, "Call Quillfeather back.", actor=Actor(site.person.user_id, "Alice"))
        session.commit()
    return Wren(lead_id, site, office)


def traces(owner: Owner, words: Iterable[str] = CANARIES) -> list[tuple[str, str]]:
    """(table, word) for every table of the database with a row that contains the word, bytes included."""
    names = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    found = []
    for (name,) in names:
        table = sql.Identifier(str(name))
        rows = owner.execute(sql.SQL("SELECT to_jsonb(t)::text FROM {} t").format(table)).fetchall()
        text = "\n".join(str(row[0]) for row in rows)
        shown = text + "".join(bytes.fromhex(part).decode("utf-8", "replace") for part in _bytes(text))
        found += [(str(name), word) for word in words if word.lower() in shown.lower()]
    return found


def _bytes(text: str) -> list[str]:
    """Columns of bytes stand as \\x… in JSON."""
    return [part for part in re.findall(r"\\\\x([0-9a-f]+)", text) if len(part) % 2 == 0]
