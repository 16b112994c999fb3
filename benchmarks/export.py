"""Measure the export archive: `python -m benchmarks.export --rows 100000`.

Leader's whole archive takes turns with two floors of the same run: PostgreSQL's COPY of the leads as CSV through ISA-L
at level 1 into a ZIP, and the same for both of the archive's files, CSV and lines of JSON. The floors guard no formula,
count and hash nothing, seal nothing. At the end the archive is read again and compared with the table.
"""

import json
import sys
import tempfile
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from isal import isal_zlib

from app.core.db import db
from app.core.ids import new_id
from app.core.sealed_files import new_file_key, open_sealed
from app.core.services import services
from app.core.signing import signer
from app.exports import making
from app.exports.gates import Claimed
from app.exports.making import Draft
from benchmarks.in_process import application, command, found, memory_growth, timed
from benchmarks.report import Figure, Goal

ROUNDS = 3
MEBIBYTE = 1 << 20
FILL = """
INSERT INTO leads (company_id, id, stage_id, name, email, phone, phone_e164, message, value_minor, currency, channel,
                   source_words, is_test, is_spam, is_demo, version, created_at, updated_at)
SELECT %(company)s, gen_random_uuid(), (SELECT id FROM stages WHERE company_id = %(company)s LIMIT 1), 'Person ' || n,
       'person' || n || '@example.com', '07700 900' || n %% 1000, '+447700900' || n %% 1000,
       'Hello, could you look at my roof number ' || n || ', please?', n * 100, 'GBP', 'Paid search',
       'Google Ads · roof repair', false, false, false, 1, now() - n * interval '10 s', now()
  FROM generate_series(1, %(rows)s) n
"""
AS_CSV = ("leads.csv", "COPY (SELECT * FROM leads WHERE company_id = '{}') TO STDOUT WITH (FORMAT csv, HEADER)")
AS_JSON = ("leads.jsonl", "COPY (SELECT row_to_json(l) FROM leads l WHERE company_id = '{}') TO STDOUT")


@contextmanager
def world(folder: Path, rows: int) -> Iterator[tuple[str, uuid.UUID]]:
    """The application in this process, a company with so many leads, and a neighbour with a few."""
    with application(folder) as database_url:
        company_id = fill("ada", database_url, rows)
        fill("bea", database_url, 1_000)
        yield database_url, company_id


def fill(name: str, database_url: str, rows: int) -> uuid.UUID:
    company_id = found(name)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP INDEX IF EXISTS ix_leads_search")  # slow to fill, and not read here
        connection.execute(FILL, {"company": company_id, "rows": rows})
        connection.execute("VACUUM ANALYZE leads")
    return company_id


def floor(database_url: str, company_id: uuid.UUID, path: Path, *files: tuple[str, str]) -> None:
    """COPY through ISA-L into a ZIP, and nothing else."""
    with psycopg.connect(database_url) as connection, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, query in files:
            with (
                target.open(name, "w", force_zip64=True) as member,
                connection.cursor().copy(
                    query.format(company_id)  # type: ignore[arg-type]
                ) as copy,
            ):
                member._compressor = isal_zlib.compressobj(1, isal_zlib.DEFLATED, -15)
                piece = bytearray()
                for row in copy:
                    piece += row
                    if len(piece) >= MEBIBYTE:
                        member.write(piece)
                        piece.clear()
                member.write(piece)


def archive(company_id: uuid.UUID, folder: Path) -> Draft:
    """Leader's own, as the worker makes it but for the notes of progress."""
    claimed = Claimed(company_id, new_id(), 1, 1)
    company = {"id": str(company_id), "name": "ada"}
    draft = Draft(claimed, company, "en", folder / "archive.sealed", new_file_key())
    making.fill(draft, db.session.session_factory, signer(services().settings), lambda _done, _total: None)
    return draft


def differences(database_url: str, company_id: uuid.UUID, draft: Draft, folder: Path) -> tuple[int, int]:
    """(missing, foreign) leads of the archive, by their ids."""
    plain = folder / "archive.zip"
    owner = making.owner_of(draft.claimed.export_id)
    with draft.path.open("rb") as sealed, plain.open("wb") as target:
        target.writelines(open_sealed(sealed, draft.key, owner))
    with zipfile.ZipFile(plain) as opened, opened.open("data/leads.jsonl") as member:
        held = {uuid.UUID(json.loads(line)["id"]).int for line in member}
    with psycopg.connect(database_url) as connection:
        own = {row[0].int for row in connection.execute("SELECT id FROM leads WHERE company_id = %s", (company_id,))}
    return len(own - held), len(held - own)


def figures(rows: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="leader-bench-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        with world(folder, rows) as (database_url, company_id):
            archive(company_id, folder)  # everything is loaded and warm
            growth = memory_growth(lambda: archive(company_id, folder))
            times: dict[str, list[float]] = {"leader": [], "both": [], "csv": []}
            path = folder / "floor.zip"
            for _ in range(ROUNDS):
                times["csv"].append(timed(lambda: floor(database_url, company_id, path, AS_CSV)))
                times["both"].append(timed(lambda: floor(database_url, company_id, path, AS_CSV, AS_JSON)))
                times["leader"].append(timed(lambda: archive(company_id, folder)))
            csv, both, leader = (rows / min(times[name]) for name in ("csv", "both", "leader"))
            missing, foreign = differences(database_url, company_id, archive(company_id, folder), folder)
        yield Figure("floor: leads as CSV, COPY and ISA-L", csv, "rows/s")
        yield Figure("floor: leads as CSV and JSON lines", both, "rows/s")
        yield Figure("archive, beside both files' floor", leader, "rows/s", leader / both, Goal(0.5, is_most=False))
        yield Figure("archive, beside the CSV's floor", leader, "rows/s", leader / csv, Goal(0.5, is_most=False))
        yield Figure("memory above the worker's", growth, "MiB", goal=Goal(32))
        yield Figure("leads missing", missing, "rows", goal=Goal(0))
        yield Figure("leads foreign", foreign, "rows", goal=Goal(0))


if __name__ == "__main__":
    sys.exit(command("export", __doc__, figures, rows=100_000, word="leads"))
