"""The application in the measuring process, on a PostgreSQL of its own, with companies to measure in."""

import argparse
import signal
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet

from app.auth import passwords
from app.auth.founding import found_company
from app.core import migration
from app.core.config import Settings
from app.core.db import db, sqlalchemy_url
from app.core.services import services
from app.factory import create_app
from benchmarks.report import Figure, lines
from deploy.embedded_postgres import Postgres
from deploy.errors import StartError


@contextmanager
def application(folder: Path) -> Iterator[str]:
    """Start in `folder` and stop at the end; the address of the database, as its owner."""
    postgres = Postgres(folder, folder)
    try:
        postgres.start()
        settings = Settings(
            leader_env="test",
            database_url=postgres.url(),
            redis_url="redis://127.0.0.1:1",  # nobody answers there, and nobody is needed
            secret_key="benchmark-secret-" * 3,
            leader_master_keys=Fernet.generate_key().decode(),
            data_dir=folder,
            log_level="ERROR",
            argon2_memory_kib=64,
        )
        migration.upgrade(sqlalchemy_url(postgres.url()))
        with create_app(settings).app_context():
            yield postgres.url()
            db.session.remove()
            db.engine.dispose()
    finally:
        postgres.stop()


def found(name: str) -> uuid.UUID:
    """A company without leads; its id."""
    founded = found_company(
        db.session(),
        company_name=name,
        owner_name=name,
        email=f"{name}@example.com",
        password="four words none alike",
        job_title="",
        key_ring=services().key_ring,
        hasher=passwords.hasher(64),
    )
    db.session.commit()
    db.session.remove()
    return founded.company_id


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def memory_growth(work: Callable[[], object]) -> float:
    """By how many MiB the process's peak rose above what it held before."""
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    work()
    return (_status("VmHWM") - before) / 1024


def _status(name: str) -> int:
    text = Path("/proc/self/status").read_text()
    return int(next(line for line in text.splitlines() if line.startswith(name)).split()[1])


def command(name: str, about: str | None, figures: Callable[[int], Iterable[Figure]], *, rows: int, word: str) -> int:
    """`python -m benchmarks.NAME --rows N`: print the figures; the exit status."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}", description=about)
    parser.add_argument("--rows", type=int, default=rows, help=f"how many {word}")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        found = list(figures(given.rows))
    except StartError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(f"{given.rows:,} {word}")
    print("\n".join(lines(found)))
    return 0
