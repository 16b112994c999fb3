"""What a backup reads and a restore writes, as the owner of the database. No row-level security binds that role, so
these statements are for the two commands only."""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, LiteralString

import psycopg
import psycopg.sql

from app.core.crypto import KeyRing
from app.core.ids import new_id

Owner = psycopg.Connection[tuple[Any, ...]]
Entry = dict[str, Any]
"""A line of the erasure ledger, as JSON: id, kind, of_company, subject_id, marks, erased_at."""
Item = tuple[uuid.UUID, str]
"""What a repeated sending has in common with an inbox item: its source, and the sender's own id of it."""

_ROLES = ("leader_app", "leader_gate", "leader_eraser", "leader_desk", "leader_helper")
_LEDGER: LiteralString = """
    SELECT json_build_object('id', id, 'kind', kind, 'of_company', of_company, 'subject_id', subject_id,
                             'marks', marks, 'erased_at', erased_at) FROM erasure_ledger
"""
_NOTE: LiteralString = """
    INSERT INTO erasure_ledger (id, kind, of_company, subject_id, marks, erased_at)
    VALUES (%(id)s, %(kind)s, %(of_company)s, %(subject_id)s, %(marks)s, %(erased_at)s) ON CONFLICT DO NOTHING
"""
_ITEM: LiteralString = """
    SELECT capture_source_id, client_event_id FROM inbox_items WHERE company_id = %s AND id = %s AND erased_at IS NULL
"""
_EMPTY: LiteralString = """
    UPDATE inbox_items SET body = '', ip_address = '', user_agent = '', problem = '', client_event_id = %s,
                           erased_at = now(), taken_in_at = coalesce(taken_in_at, now())
     WHERE company_id = %s AND id = %s
"""


def connect(address: str) -> Owner:
    """A connection as the owner. Whatever is done in it happens together, or not at all."""
    return psycopg.connect(address)


def server_version(owner: Owner) -> int:
    return owner.info.server_version // 10_000


def sees_everything(owner: Owner) -> bool:
    """True when row-level security does not bind this role."""
    row = owner.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user").fetchone()
    return bool(row and row[0])


def make_roles(owner: Owner) -> None:
    """The roles that a dump grants to; the migrations make them, and a new server has none."""
    for role in _ROLES:
        if owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
            owner.execute(psycopg.sql.SQL("CREATE ROLE {} NOLOGIN").format(psycopg.sql.Identifier(role)))
    owner.execute("GRANT leader_app TO leader_eraser")


def company_keys(owner: Owner) -> list[dict[str, Any]]:
    """Every company's wrapped key; none where there is no such table yet."""
    if owner.execute("SELECT to_regclass('company_keys')").fetchone() == (None,):
        return []
    rows = owner.execute("SELECT row_to_json(k) FROM company_keys k ORDER BY company_id").fetchall()
    return [row[0] for row in rows]


def put_company_keys(owner: Owner, keys: Iterable[Mapping[str, Any]]) -> None:
    """Only for companies that are there."""
    for key in keys:
        owner.execute(
            "INSERT INTO company_keys (company_id, id, wrapped_key, created_at)"
            " SELECT c.id, %(id)s, %(wrapped_key)s, %(created_at)s FROM companies c WHERE c.id = %(company_id)s",
            dict(key),
        )


def ledger(owner: Owner) -> list[Entry]:
    """The whole ledger; none where there is no such table yet."""
    if owner.execute("SELECT to_regclass('erasure_ledger')").fetchone() == (None,):
        return []
    return [row[0] for row in owner.execute(_LEDGER).fetchall()]


def note(owner: Owner, entries: Iterable[Entry]) -> None:
    for entry in entries:
        owner.execute(_NOTE, {**entry, "marks": json.dumps(entry["marks"])})


def erase_company(owner: Owner, company_id: str) -> int:
    """The company with everything that hangs from it, and the people who belong to no other."""
    people = owner.execute("SELECT user_id FROM members WHERE company_id = %s", (company_id,)).fetchall()
    gone = owner.execute("DELETE FROM companies WHERE id = %s", (company_id,)).rowcount
    owner.execute(
        "DELETE FROM users WHERE id = ANY (%s) AND NOT EXISTS (SELECT 1 FROM members WHERE user_id = users.id)",
        ([person for (person,) in people],),
    )
    return gone


def erase_lead(owner: Owner, company_id: str, lead_id: str, mark_of: Callable[[Item], str]) -> int:
    """The lead with everything that hangs from it; its inbox item is emptied down to a mark."""
    given = (company_id, lead_id)
    item = owner.execute(_ITEM, given).fetchone()
    gone = owner.execute("DELETE FROM leads WHERE company_id = %s AND id = %s", given).rowcount
    if item is not None:
        owner.execute(_EMPTY, (mark_of((item[0], item[1])), *given))
    return gone


def erase_user(owner: Owner, user_id: str) -> int:
    return owner.execute("DELETE FROM users WHERE id = %s", (user_id,)).rowcount


def end_exports(owner: Owner, company_id: str, until: str) -> None:
    """Archives that were asked for before somebody was erased may hold the person: without a key nobody reads them."""
    owner.execute(
        "UPDATE exports SET state = 'expired', problem = 'person_erased', sealed_key = '', file_name = ''"
        " WHERE company_id = %s AND asked_at <= %s AND state IN ('ready', 'running')",
        (company_id, until),
    )


def give_new_keys(owner: Owner, key_ring: KeyRing) -> int:
    """A new key for each company whose own is not kept any more; how many."""
    bare = "SELECT id FROM companies c WHERE NOT EXISTS (SELECT 1 FROM company_keys k WHERE k.company_id = c.id)"
    companies = owner.execute(bare).fetchall()
    for (company_id,) in companies:
        owner.execute(
            "INSERT INTO company_keys (company_id, id, wrapped_key, created_at) VALUES (%s, %s, %s, now())",
            (company_id, new_id(), key_ring.new_wrapped_key()),
        )
    return len(companies)


def people_of(owner: Owner, company_id: str) -> Iterator[tuple[uuid.UUID, str, str, datetime]]:
    """(lead id, e-mail address, phone number, when it came) of every lead, a piece at a time."""
    with owner.cursor(name="people") as cursor:
        cursor.execute("SELECT id, email, phone_e164, created_at FROM leads WHERE company_id = %s", (company_id,))
        yield from cursor
