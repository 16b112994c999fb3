"""The application in the measuring process, on a PostgreSQL of its own, with companies to measure in."""

import time
import uuid
from collections.abc import Callable, Iterator
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
from deploy.embedded_postgres import Postgres


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
