"""The two questions that capture asks the database, each in one statement and one round trip."""

import uuid
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb


@dataclass(frozen=True, slots=True)
class OpenSource:
    """What a public page may know of the company behind a site key."""

    company_name: str
    notice: str
    region: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Received:
    """The stored lead; `is_new` is false when the same sending had arrived before."""

    lead_id: uuid.UUID
    is_new: bool


def find_source(connection: Connection, site_key: str) -> OpenSource | None:
    """The source of a site key, also one that is switched off."""
    row = connection.execute(
        "SELECT company_name, notice, region, is_active FROM open_capture(%s)", (site_key,)
    ).fetchone()
    return OpenSource(*row) if row else None


def receive_lead(connection: Connection, site_key: str, lead: dict[str, Any]) -> Received | None:
    """Store the lead with all its rows. On a connection with autocommit it is durable when this returns.

    None when the site key is unknown or switched off.
    """
    row = connection.execute("SELECT lead_id, is_new FROM receive_lead(%s, %s)", (site_key, Jsonb(lead))).fetchone()
    return Received(*row) if row else None
