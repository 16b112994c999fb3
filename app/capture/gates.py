"""The questions that capture asks the database by hand-written SQL: each one statement, one round trip."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from psycopg import Connection
from sqlalchemy import text
from sqlalchemy.orm import Session

_KEEP = """INSERT INTO inbox_items (company_id, id, capture_source_id, client_event_id, kind, body, ip_address,
                         user_agent, received_at, due_at, attempts, problem)
SELECT company_id, %s, source_id, %s, %s, %s, %s, %s, now(), now(), 0, '' FROM enter_by_site_key(%s)
ON CONFLICT (company_id, capture_source_id, client_event_id) DO NOTHING
RETURNING company_id
"""
# OFFSET 0 keeps the order: enter first, then look the sending up by its whole key, however many the company has.
_FIND = """SELECT i.company_id, i.id FROM enter_by_site_key(%s) s CROSS JOIN LATERAL (
    SELECT company_id, id FROM inbox_items
     WHERE company_id = s.company_id AND capture_source_id = s.source_id AND client_event_id = %s OFFSET 0
) i
"""
_ENTOMB = text("SELECT entomb_inbox_item(:item_id, :fingerprint)")
_ENTER = "SELECT company_id, source_id FROM enter_by_site_key(%s)"
_FORGET_SIGHTINGS = """DELETE FROM tag_sightings WHERE id IN (
    SELECT id FROM tag_sightings WHERE capture_source_id = %s AND path <> %s ORDER BY last_seen_at DESC OFFSET %s
)
"""
_SEE = """INSERT INTO tag_sightings (company_id, id, capture_source_id, path, first_seen_at, last_seen_at)
VALUES (%s, %s, %s, %s, now(), now())
ON CONFLICT (company_id, capture_source_id, path) DO UPDATE SET last_seen_at = excluded.last_seen_at
 WHERE tag_sightings.last_seen_at < excluded.last_seen_at - interval '1 minute'
"""
_CLAIM = text("SELECT company_id, item_id FROM claim_inbox_items(:most, :lease)")


@dataclass(frozen=True, slots=True)
class OpenSource:
    """What a public page may know of the company behind a site key."""

    company_name: str
    notice: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class OpenHook:
    """What must be known of an address that programs call, before anything is kept."""

    kind: str
    key_hash: bytes | None


@dataclass(frozen=True, slots=True)
class Parcel:
    """A sending as it goes into the inbox."""

    client_event_id: str
    kind: str
    body: bytes
    ip_address: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The inbox item, which has the lead's id; `is_new` is false when the same sending had arrived before."""

    company_id: uuid.UUID
    item_id: uuid.UUID
    is_new: bool


def find_source(connection: Connection, site_key: str) -> OpenSource | None:
    """The source of a site key, also one that is switched off."""
    row = connection.execute("SELECT company_name, notice, is_active FROM open_capture(%s)", (site_key,)).fetchone()
    return OpenSource(*row) if row else None


def find_hook(connection: Connection, site_key: str) -> OpenHook | None:
    """The source behind an address that programs call; none when it is unknown, switched off or a website."""
    row = connection.execute("SELECT kind, key_hash FROM open_hook(%s)", (site_key,)).fetchone()
    return OpenHook(*row) if row else None


def is_closed(connection: Connection, site_key: str) -> bool:
    """True when the account of the company behind the site key is closed."""
    row = connection.execute("SELECT site_key_is_closed(%s)", (site_key,)).fetchone()
    return bool(row and row[0])


def keep(connection: Connection, site_key: str, item_id: uuid.UUID, parcel: Parcel) -> Kept | None:
    """Put the sending into the inbox. On a connection with autocommit it is durable when this returns.

    It runs as its caller, so row-level security judges the row. None when the site key is unknown or switched off.
    """
    given = (item_id, parcel.client_event_id, parcel.kind, parcel.body, parcel.ip_address, parcel.user_agent, site_key)
    if row := connection.execute(_KEEP, given).fetchone():
        return Kept(row[0], item_id, is_new=True)
    row = connection.execute(_FIND, (site_key, parcel.client_event_id)).fetchone()
    return Kept(row[0], row[1], is_new=False) if row else None


def see(connection: Connection, site_key: str, sighting_id: uuid.UUID, path: str, *, most: int) -> bool:
    """Note that the tag stands on this page; of each website the `most` newest pages are kept.

    False when the site key is unknown or switched off.
    """
    with connection.transaction():
        source = connection.execute(_ENTER, (site_key,)).fetchone()
        if source is None:
            return False
        company_id, source_id = source
        connection.execute(_FORGET_SIGHTINGS, (source_id, path, most - 1))
        connection.execute(_SEE, (company_id, sighting_id, source_id, path))
    return True


def claim(session: Session, *, most: int, lease: timedelta) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """(company id, item id) of up to `most` items that wait, claimed for one worker. Commit before acting on them."""
    return [(row.company_id, row.item_id) for row in session.execute(_CLAIM, {"most": most, "lease": lease})]


def entomb(session: Session, item_id: uuid.UUID, fingerprint: str) -> None:
    """Empty the served company's item for good; the database refuses while there is a lead of this id."""
    session.execute(_ENTOMB, {"item_id": item_id, "fingerprint": fingerprint})
