"""The real PostgreSQL and the real Valkey for the whole test session, on unix sockets in a temporary folder.

They are started once: by the process that distributes the tests when pytest-xdist is used, else by the
session itself. Each test process gets a database of its own, cloned from a migrated template, and a Valkey
database number of its own. Both servers end with the session, on Linux also when the session is killed.
"""

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deploy.embedded_postgres import LOG_IN, ROLE, Postgres
from deploy.embedded_valkey import Valkey
from deploy.errors import StartError

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "leader_template"
VALKEY_DATABASES = 64


@dataclass(frozen=True)
class Servers:
    """Addresses in which {database} stands for a database's name or number, or why there are none."""

    postgres: str = ""
    valkey: str = ""
    problem: str = ""

    def database_url(self, name: str) -> str:
        return self.postgres.replace("{database}", name)

    def redis_url(self, number: int) -> str:
        return self.valkey.replace("{database}", str(number))

    def clone(self, name: str, template: str = TEMPLATE) -> str:
        """Make the database `name` a fresh copy of the template, in some 30 ms, and return its address."""
        with psycopg.connect(self.database_url("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.database_url(name)


@contextlib.contextmanager
def running() -> Iterator[Servers]:
    """Both servers on empty data, the template migrated; everything is gone afterwards."""
    # Valkey may still write while it ends.
    with tempfile.TemporaryDirectory(prefix="leader-tests-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        postgres = Postgres(folder, folder, durable=False)
        valkey = Valkey(folder, folder, databases=VALKEY_DATABASES)
        try:
            postgres.start()
            valkey.start()
            servers = Servers(
                postgres.url("leader").replace("/leader?", "/{database}?"),
                valkey.url(0).replace("db=0", "db={database}"),
            )
            _migrate(servers)
            yield servers
        finally:
            valkey.stop()
            postgres.stop()


def _migrate(servers: Servers) -> None:
    """Make the template as `flask leader migrate` does, in a process of its own without the web app."""
    with psycopg.connect(servers.database_url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    program = (
        "import sys; from app.core import db, migration; migration.upgrade(db.sqlalchemy_url(sys.argv[1]));"
        "migration.make_log_in(sys.argv[1], sys.argv[2], '')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, servers.database_url(TEMPLATE), LOG_IN],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise StartError(f"The test database could not be migrated:\n{done.stderr[-3000:]}")


_stack = pytest.StashKey[contextlib.ExitStack]()
_servers = pytest.StashKey[Servers]()


def _start(config: pytest.Config) -> Servers:
    """Start once per session. A failure is told to the tests that need the servers, and to no others."""
    if _servers not in config.stash:
        config.stash[_stack] = contextlib.ExitStack()
        try:
            config.stash[_servers] = config.stash[_stack].enter_context(running())
        except StartError as error:
            config.stash[_servers] = Servers(problem=str(error))
    return config.stash[_servers]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """pytest-xdist is about to start a worker, in another process: tell it the addresses."""
    node.workerinput["leader_servers"] = asdict(_start(node.config))


def pytest_unconfigure(config: pytest.Config) -> None:
    if _stack in config.stash:
        config.stash[_stack].close()


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Servers:
    """Both servers. `servers.clone(name)` gives a test a throwaway database."""
    workerinput = getattr(request.config, "workerinput", None)
    found = Servers(**workerinput["leader_servers"]) if workerinput else _start(request.config)
    if found.problem:
        pytest.fail(found.problem, pytrace=False)
    return found


@pytest.fixture(scope="session")
def _process_number(request: pytest.FixtureRequest) -> int:
    """0 without pytest-xdist, else the number of this worker from 1 on."""
    workerinput = getattr(request.config, "workerinput", None)
    return int(workerinput["workerid"].removeprefix("gw")) + 1 if workerinput else 0


@pytest.fixture(scope="session")
def database_url(servers: Servers, _process_number: int) -> str:
    """This process's own migrated, empty database, reached as its owner."""
    return servers.clone(f"leader_test_{_process_number}")


@pytest.fixture(scope="session")
def log_in_url(database_url: str) -> str:
    """The same database as the product reaches it."""
    return as_log_in(database_url)


def as_log_in(database_url: str) -> str:
    return database_url.replace(f"//{ROLE}@", f"//{LOG_IN}@", 1)


@pytest.fixture(scope="session")
def redis_url(servers: Servers, _process_number: int) -> str:
    """This process's own Valkey database."""
    return servers.redis_url(_process_number)
