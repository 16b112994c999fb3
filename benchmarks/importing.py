"""Measure the import of leads from a file: `python -m benchmarks.importing --rows 100000`.

Leader reads the file, keeps its lines, finds out who is a lead already and writes the leads with their events under
row-level security. The floors copy finished rows into the same tables with all their indexes, as the owner of the
database: the leads alone, and leads with their events. Each fills a company of its own, in turns.
"""

import csv
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg

from app.core import tenancy
from app.core.clock import utc_now
from app.core.db import db
from app.core.events import Actor
from app.core.ids import new_id
from app.imports import jobs, receiving
from benchmarks.in_process import application, command, found, memory_growth, timed
from benchmarks.report import Figure, Goal

ROUNDS = 2
HEADING = ("Full name", "E-mail", "Phone", "Notes", "Value", "Created")
LEADS = (
    "COPY leads (company_id, id, stage_id, name, email, phone, phone_e164, message, value_minor, currency, channel,"
    " source_words, is_test, is_spam, is_demo, version, created_at, updated_at) FROM STDIN"
)
EVENTS = "COPY events (company_id, id, type, lead_id, actor_name, data, at) FROM STDIN"


def people(rows: int) -> Iterator[tuple[str, str, str, str, str]]:
    """Name, e-mail, phone, message and value of each."""
    for number in range(rows):
        yield (
            f"Person {number}",
            f"person{number}@example.com",
            f"020 {number // 10_000 % 10_000:04} {number % 10_000:04}",
            f"Hello, could you look at my roof number {number}, please?",
            str(number % 9_000),
        )


def write_file(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADING)
        writer.writerows((*person, f"2026-0{1 + number % 6}-15") for number, person in enumerate(people(rows)))


def receive(company_id: uuid.UUID, path: Path) -> None:
    tenancy.serve(db.session(), company_id)
    with path.open("rb") as file:
        taken = receiving.receive(db.session(), file, name=path.name, encoding="", actor=Actor(new_id(), "Ada"))
    receiving.start(db.session(), taken)
    db.session.commit()
    db.session.remove()


def leader(company_id: uuid.UUID, path: Path) -> None:
    """From the file to the last lead, as the web server and the worker do it."""
    receive(company_id, path)
    jobs.work_off()


def floor(database_url: str, company_id: uuid.UUID, rows: int, *, with_events: bool) -> None:
    now = utc_now()
    with psycopg.connect(database_url) as connection:
        stage = connection.execute("SELECT id FROM stages WHERE company_id = %s LIMIT 1", (company_id,)).fetchone()
        ids = [new_id() for _ in range(rows)]
        with connection.cursor().copy(LEADS) as copy:
            for id_, (name, email, phone, message, value) in zip(ids, people(rows), strict=True):
                number = "+44" + phone[1:].replace(" ", "")
                person = (name, email, phone, number, message, value)
                words = ("GBP", "Import", "Imported from a file")
                copy.write_row((company_id, id_, stage and stage[0], *person, *words, False, False, False, 1, now, now))
        if with_events:
            with connection.cursor().copy(EVENTS) as copy:
                for id_ in ids:
                    copy.write_row((company_id, new_id(), "lead.arrived", id_, "Ada", "{}", now))


def count(database_url: str, company_id: uuid.UUID) -> int:
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT count(*) FROM leads WHERE company_id = %s", (company_id,)).fetchone()
    return int(row[0]) if row else 0


def figures(rows: int) -> Iterator[Figure]:
    times: dict[str, list[float]] = {"leader": [], "leads": [], "both": []}
    lost = 0
    with tempfile.TemporaryDirectory(prefix="leader-bench-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        path = folder / "people.csv"
        with application(folder) as database_url:
            write_file(path, min(rows, 10_000))
            leader(found("warm"), path)
            write_file(path, rows)
            for turn in range(ROUNDS):
                company_id = found(f"leads{turn}")
                times["leads"].append(timed(lambda: floor(database_url, company_id, rows, with_events=False)))  # noqa: B023
                company_id = found(f"both{turn}")
                times["both"].append(timed(lambda: floor(database_url, company_id, rows, with_events=True)))  # noqa: B023
                company_id = found(f"leader{turn}")
                times["leader"].append(timed(lambda: leader(company_id, path)))  # noqa: B023
                lost += rows - count(database_url, company_id)
            company_id = found("memory")
            growth = memory_growth(lambda: leader(company_id, path))
    leads, both, own = (rows / min(times[name]) for name in ("leads", "both", "leader"))
    yield Figure("floor: COPY of finished leads", leads, "rows/s")
    yield Figure("floor: COPY of finished leads and events", both, "rows/s")
    yield Figure("import, beside leads and events", own, "rows/s", own / both, Goal(0.5, is_most=False))
    yield Figure("import, beside leads alone", own, "rows/s", own / leads, Goal(0.5, is_most=False))
    yield Figure("memory above the worker's", growth, "MiB", goal=Goal(64))
    yield Figure("lines that became no lead", lost, "lines", goal=Goal(0))


if __name__ == "__main__":
    sys.exit(command("importing", __doc__, figures, rows=100_000, word="lines"))
