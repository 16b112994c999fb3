"""What the measurements stand on: a durable PostgreSQL, Valkey, and Leader beside the floors."""

import os
import secrets
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from cryptography.fernet import Fernet

from app.core.ids import new_id, new_public_key
from benchmarks import floors
from benchmarks.processes import ProcessTree
from benchmarks.visitor import Visitor
from deploy.children import Child
from deploy.embedded_postgres import Postgres
from deploy.embedded_valkey import Valkey
from deploy.errors import StartError

ROOT = Path(__file__).resolve().parent.parent
GRANIAN = ["--interface", "wsgi", "--workers", "1", "--blocking-threads", "4", "--http", "1", "--no-ws"]
EMAIL = "ada@benchmark.example.com"
PASSWORD = "four words, none alike: 7 kettles"
SITES = 400
"""Each site may send only so much a minute, as in earnest; the visitors spread over so many."""


@dataclass(frozen=True)
class Web:
    """A running web server with one worker process."""

    port: int
    tree: ProcessTree


@dataclass(frozen=True)
class Stand:
    app: Web
    floor: Web
    database: ProcessTree
    database_url: str
    database_log: Path
    cookie: str
    company_id: uuid.UUID
    site_keys: list[str]

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """As the database's owner, past row-level security."""
        return psycopg.connect(self.database_url, autocommit=True)


@contextmanager
def stand(folder: Path, leads: int) -> Iterator[Stand]:
    """Start everything in `folder` with a company of so many leads; stop it all at the end."""
    with ExitStack() as stack:
        postgres, valkey = Postgres(folder, folder), Valkey(folder, folder)
        for server in (postgres, valkey):
            stack.callback(server.stop)
            server.start()
        app_port, floor_port = _free_ports(2)
        settings = _settings(postgres.url(), valkey.url(), app_port, folder)
        _flask(settings, "migrate")
        app = _start(stack, "Leader", "wsgi:app", app_port, settings, folder)
        cookie = Visitor(app_port).sign_up(EMAIL, PASSWORD)
        _confirm_address(postgres.url())
        _flask(settings, "seed", "--leads", str(leads), "--company", EMAIL)
        company_id, site_keys = _complete(postgres.url())
        for_floor = {"FLOOR_DATABASE_URL": postgres.url(), "FLOOR_COMPANY_ID": str(company_id)}
        floor = _start(stack, "The floor", "benchmarks.floors:create", floor_port, settings | for_floor, folder)
        database = ProcessTree(_running(postgres.child))
        log = postgres.child.log
        yield Stand(app, floor, database, postgres.url(), log, cookie, company_id, site_keys)


def _settings(database_url: str, redis_url: str, port: int, folder: Path) -> dict[str, str]:
    """As for `make run`, but behind a proxy, whose header tells each visitor's own address."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "BASE_URL": f"http://127.0.0.1:{port}",
        "TRUSTED_PROXIES": "1",
        "LOG_LEVEL": "WARNING",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "LEADER_MASTER_KEYS": Fernet.generate_key().decode(),
        "DATA_DIR": str(folder),
    }


def _flask(settings: dict[str, str], *command: str) -> None:
    arguments = [sys.executable, "-m", "flask", "--app", "wsgi", "leader", *command]
    done = subprocess.run(arguments, cwd=ROOT, env=settings, capture_output=True, text=True)
    if done.returncode != 0:
        raise StartError(f"flask leader {command[0]} did not succeed:\n{done.stderr[-3000:]}")


def _start(stack: ExitStack, name: str, target: str, port: int, settings: dict[str, str], folder: Path) -> Web:
    options = ["--factory"] if target.endswith(":create") else []
    child = Child(
        name=name,
        command=[sys.executable, "-m", "granian", *GRANIAN, *options, "--port", str(port), target],
        log=folder / f"{target.partition(':')[0]}.log",
        environment=settings,
        folder=ROOT,
    )
    stack.callback(child.stop)
    child.start()
    child.wait_until(lambda: _answers(port), seconds=60)
    return Web(port, ProcessTree(_running(child)))


def _running(child: Child) -> int:
    if child.process is None:
        raise StartError(f"{child.name} does not run.")
    return child.process.pid


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _free_ports(count: int) -> list[int]:
    holders = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [holder.getsockname()[1] for holder in holders]
    finally:
        for holder in holders:
            holder.close()


def _confirm_address(database_url: str) -> None:
    """Stands for the click on the link in the welcome mail."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE users SET email_confirmed_at = now() WHERE email_confirmed_at IS NULL")


def _complete(database_url: str) -> tuple[uuid.UUID, list[str]]:
    """Add sites and the floor's table, and put the database at rest."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        found = connection.execute("SELECT company_id FROM capture_sources").fetchone()
        if found is None:
            raise StartError("The new company has no capture source.")
        keys = [new_public_key() for _ in range(SITES)]
        connection.cursor().executemany(
            "INSERT INTO capture_sources (company_id, id, name, site_key, notice, is_active, created_at)"
            " VALUES (%s, %s, 'Website', %s, 'We use what you send to answer you.', true, now())",
            [(found[0], new_id(), key) for key in keys],
        )
        connection.execute(floors.CAPTURE_TABLE)
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
    return found[0], keys
