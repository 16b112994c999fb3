"""The restore drill with a real size: `python -m benchmarks.restore --rows 200000`.

A company with so many leads is backed up; some of its people are erased; the week passes after which no key is kept;
then everything is restored into an empty database. Measured is the way back, with the erased taken out again.
"""

import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from app.backups import making, restoring
from app.core import tenancy
from app.core.db import db
from app.core.events import LEADER
from app.core.services import services
from app.privacy import jobs
from app.subjects import erasing
from benchmarks.export import world
from benchmarks.in_process import command
from benchmarks.report import Figure, Goal

ERASED = 100
BACK = "SELECT count(*) FROM leads WHERE company_id = %s AND email = ANY (%s)"


def erase_some(database_url: str, company_id: uuid.UUID) -> list[str]:
    """Erase so many people; their e-mail addresses."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        chosen = "SELECT id, email FROM leads WHERE company_id = %s ORDER BY email LIMIT %s"
        people = connection.execute(chosen, (company_id, ERASED)).fetchall()
    for lead_id, _ in people:
        db.session.remove()
        tenancy.serve(db.session(), company_id)
        erasing.erase(db.session(), lead_id, reason="asked", actor=LEADER, marker=services().marker)
        db.session.commit()
    db.session.remove()
    return [str(email) for _, email in people]


def figures(rows: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="leader-bench-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        with world(folder, rows) as (database_url, company_id):
            settings = services().settings
            began = time.perf_counter()
            backup = making.make(settings, folder / "backups")
            took = time.perf_counter() - began
            emails = erase_some(database_url, company_id)
            jobs.copy_ledger()
            for kept in (folder / "backups" / "keys").iterdir():
                kept.unlink()
            with psycopg.connect(database_url, autocommit=True) as connection:
                connection.execute("CREATE DATABASE restored")
            address = make_url(database_url).set(database="restored").render_as_string(hide_password=False)
            elsewhere = settings.model_copy(update={"database_url": address, "migration_database_url": ""})
            began = time.perf_counter()
            done = restoring.restore(elsewhere, backup, services().key_ring)
            back_again = time.perf_counter() - began
            with psycopg.connect(address) as connection:
                row = connection.execute(BACK, (company_id, emails)).fetchone()
        yield Figure("backup", took, "s")
        yield Figure("restore, with the erased taken out", back_again, "s", goal=Goal(600))
        yield Figure("leads taken out again", done.leads, "rows")
        yield Figure("erased people back", row[0] if row else -1, "people", goal=Goal(0))


if __name__ == "__main__":
    sys.exit(command("restore", __doc__, figures, rows=200_000, word="leads"))
