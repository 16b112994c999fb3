"""What the practice Google remembers, in one SQLite file, so that a restart or a kill forgets nothing.

One connection, one lock: every statement is short, and a single writer is what SQLite is best at.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = """
create table if not exists settings (name text primary key, value text not null);
create table if not exists grants (
    id integer primary key, client_id text not null, person text not null, scopes text not null,
    created_at real not null, revoked_at real, revoked_by text);
create unique index if not exists one_live_grant on grants (client_id, person) where revoked_at is null;
create table if not exists codes (
    hash text primary key, grant_id integer not null references grants (id), scopes text not null,
    redirect_uri text not null, challenge text not null, nonce text not null, offline integer not null,
    expires_at real not null, used_at real);
create table if not exists tokens (
    hash text primary key, kind text not null, grant_id integer not null references grants (id),
    scopes text not null, last4 text not null, created_at real not null, expires_at real);
create index if not exists tokens_of_grant on tokens (grant_id);
create table if not exists requests (
    id text primary key, person text not null, destinations text not null, received_at real not null,
    practice_at real not null, due_at real not null);
create table if not exists records (
    request_id text not null references requests (id), destination integer not null, row integer not null,
    account text not null, action text not null, transaction_id text not null,
    click_id text not null, identifiers integer not null, value real, currency text not null,
    reason text not null, effect text not null, primary key (request_id, destination, row)) without rowid;
create index if not exists records_of_conversion on records (account, action, transaction_id);
create table if not exists conversions (
    account text not null, action text not null, transaction_id text not null, value real,
    currency text not null, click_id text not null, adjustments integer not null default 0,
    first_at real not null, updated_at real not null,
    primary key (account, action, transaction_id)) without rowid;
create table if not exists mails (
    id integer primary key, received_at real not null, recipient text not null, message blob not null);
create table if not exists clicks (
    gclid text primary key, account text not null, campaign integer not null, at real not null) without rowid;
"""
TABLES = ("mails", "records", "requests", "conversions", "tokens", "codes", "grants", "clicks")


class Store:
    """Rows by name. `folder=None` keeps everything in memory."""

    def __init__(self, folder: Path | None) -> None:
        path = ":memory:" if folder is None else str(folder / "practice.sqlite3")
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._db.row_factory = sqlite3.Row
        # NORMAL loses nothing when the process is killed, only (perhaps) when the power fails.
        self._db.executescript("pragma journal_mode=wal; pragma synchronous=normal;" + SCHEMA)
        self._settings: dict[str, str] = {r["name"]: r["value"] for r in self.all("select * from settings")}

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or none of it, and nobody else in between."""
        with self._lock:
            if self._db.in_transaction:
                yield self._db
                return
            self._db.execute("begin immediate")
            try:
                yield self._db
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")

    def all(self, sql: str, *values: object) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def one(self, sql: str, *values: object) -> sqlite3.Row | None:
        with self._lock:
            row: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
            return row

    def setting(self, name: str) -> str | None:
        return self._settings.get(name)

    def set_setting(self, name: str, value: str) -> None:
        with self.transaction() as db:
            db.execute("insert or replace into settings values (?, ?)", (name, value))
            self._settings[name] = value

    def reset(self) -> None:
        """Forgets what was received and who consented; keeps the clock."""
        with self.transaction() as db:
            for table in TABLES:
                db.execute(f"delete from {table}")  # noqa: S608 - names from the constant above

    def close(self) -> None:
        with self._lock:
            self._db.close()
