"""How fast conversions go out, and what one of them costs the others. `python -m benchmarks.uploads`

Claim, build, send to a Google that only takes, and mark: in requests of 2,000 and one by one, beside a floor of the
same run (a bare table of one index, the same bodies over the same line, no receipts, rules or tenancy). Then what a
connection that does not answer costs the next one, how often fifty workers renew one token, and how soon killed work is
taken over.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import psycopg
import requests
from flask import Flask

from app.conversions import jobs
from app.core import migration
from app.core.config import Settings
from app.core.db import db, sqlalchemy_url
from app.factory import create_app
from benchmarks import outbox_stock
from benchmarks.crash import in_child
from benchmarks.crash_world import ROOT, _free_ports, prepare, world
from benchmarks.outbox_stock import Connection
from benchmarks.report import Figure, Goal, lines
from benchmarks.rounds import percentile
from benchmarks.sink import SLOW

BATCHES, ALONE, ROUNDS = 10_000, 400, 3
LIVING, WORKERS, KILLED = 400, 50, 12
FLOOR = """
DROP TABLE IF EXISTS floor_uploads;
CREATE TABLE floor_uploads (id uuid PRIMARY KEY, state text, due_at timestamptz, claim integer, payload jsonb);
INSERT INTO floor_uploads SELECT id, 'pending', now(), 0, payload FROM conversion_uploads;
CREATE INDEX ON floor_uploads (due_at) WHERE state IN ('pending', 'sending');
ANALYZE floor_uploads
"""
CLAIM = """
UPDATE floor_uploads u SET state = 'sending', claim = claim + 1, due_at = now() + interval '45 s'
  FROM (SELECT id FROM floor_uploads WHERE state IN ('pending', 'sending') AND due_at <= now()
         ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED) due
 WHERE u.id = due.id RETURNING u.id, (u.payload #> '{events,0}')::text
"""
MARK = "UPDATE floor_uploads SET state = 'sent', due_at = now() + interval '30 min' WHERE id = ANY(%s)"


@contextmanager
def sink() -> Iterator[str]:
    (port,) = _free_ports(1)
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.sink", str(port)], cwd=ROOT)
    try:
        address = f"http://127.0.0.1:{port}"
        while True:
            try:
                requests.get(f"{address}/taken", timeout=1)
                break
            except requests.RequestException:
                time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def taken(address: str) -> int:
    return int(requests.get(f"{address}/taken", timeout=5).json())


def send(app: Flask) -> float:
    """Seconds that a worker takes for all that is due."""
    with app.app_context():
        began = time.perf_counter()
        jobs.send_due()
        return time.perf_counter() - began


def send_bare(database: Connection, address: str, size: int) -> float:
    """The floor: seconds for the same, by plain SQL and HTTP."""
    line, began = HTTPConnection(urlsplit(address).netloc), time.perf_counter()
    while rows := database.execute(CLAIM, (size,)).fetchall():
        body = '{"encoding":"HEX","events":[' + ",".join(str(row[1]) for row in rows) + "]}"
        line.request("POST", "/v1/events:ingest", body, {"Content-Type": "application/json"})
        json.loads(line.getresponse().read())
        database.execute(MARK, ([row[0] for row in rows],))
    return time.perf_counter() - began


def speed(together: Flask, alone: Flask, database: Connection, company_id: uuid.UUID, address: str) -> Iterator[Figure]:
    for app, number, size, goal in ((together, BATCHES, 2_000, 15_000), (alone, ALONE, 1, 100)):
        ours, floors, came = [], [], 0
        for _ in range(ROUNDS + 1):
            outbox_stock.clear(database, company_id)
            outbox_stock.fill(database, company_id, number)
            database.execute(FLOOR)
            floors.append((number + 1) / send_bare(database, address, size))
            before = taken(address)
            ours.append(number / send(app))
            came = taken(address) - before
        words = "in requests of up to 2,000" if size > 1 else "one by one"
        rate, floor = median(ours[1:]), median(floors[1:])
        yield Figure(f"conversions sent {words}", rate, "/s", goal=Goal(goal, is_most=False))
        wanted = Goal(0.7, is_most=False) if size > 1 else None
        yield Figure("  beside the floor", floor, "/s", ratio=rate / floor, goal=wanted)
        if size > 1:
            yield Figure(f"  requests for {number:,}", came, "", goal=Goal(-(-number // size)))


def waits(app: Flask, database: Connection, living: uuid.UUID, dead: uuid.UUID, others: int) -> float:
    """The 95th percentile of the seconds until one of LIVING was sent, beside `others` of a connection that hangs."""
    for company_id, number in ((living, LIVING), (dead, others)):
        outbox_stock.clear(database, company_id)
        if number:
            outbox_stock.fill(database, company_id, number)
    database.execute("UPDATE conversion_uploads SET due_at = now() WHERE state = 'pending'")
    began = database.execute("SELECT now()").fetchone()
    send(app)
    send(app)  # a job leaves the rest to the next bell after a minute
    rows = database.execute(
        "SELECT extract(epoch FROM sent_at - %s) FROM conversion_uploads WHERE company_id = %s AND sent_at > %s",
        (began and began[0], living, began and began[0]),
    ).fetchall()
    assert len(rows) == LIVING
    return percentile([float(str(row[0])) for row in rows], 0.95)


def dead_connection(app: Flask, database: Connection, living: uuid.UUID, dead: uuid.UUID) -> Figure:
    database.execute(
        "UPDATE conversion_uploads SET payload = jsonb_set(payload, '{destinations,0,operatingAccount,accountId}',"
        " to_jsonb(%s::text)) WHERE company_id = %s",
        (SLOW, dead),
    )
    pairs = [[waits(app, database, living, dead, others) for others in (0, 90)] for _ in range(ROUNDS)]
    slower = median(beside / alone for alone, beside in pairs)
    return Figure("p95 until sent beside 90 of a connection that hangs", slower, "x", goal=Goal(1.1))


def one_token(app: Flask, database: Connection, company_id: uuid.UUID, google: str) -> Figure:
    """Fifty workers find the access token expired at the same moment."""
    outbox_stock.clear(database, company_id)
    outbox_stock.fill(database, company_id, WORKERS)
    database.execute("UPDATE connections SET access_token_expires_at = now()")
    before = _access_tokens(google)
    workers = [in_child(lambda: _send_in_child(app)) for _ in range(WORKERS)]
    for worker in workers:
        os.waitpid(worker, 0)
    return Figure(f"times that {WORKERS} workers renewed one token", _access_tokens(google) - before, "", goal=Goal(2))


def _access_tokens(google: str) -> int:
    grants = requests.get(f"{google}/practice/api/grants", timeout=10).json()["grants"]
    return sum(token["kind"] == "access" for grant in grants for token in grant["tokens"])


def _send_in_child(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose(close=False)
        jobs.send_due()


def recovery(app: Flask, database: Connection, company_id: uuid.UUID) -> Figure:
    """Workers are killed with an upload in their hands; how long until another has sent it."""
    outbox_stock.clear(database, company_id)
    outbox_stock.fill(database, company_id, KILLED)
    database.execute(  # Google hangs while they hold them
        "UPDATE conversion_uploads SET payload = jsonb_set(payload, '{destinations,0,operatingAccount,accountId}',"
        " to_jsonb(%s::text)) WHERE company_id = %s AND state = 'pending'",
        (SLOW, company_id),
    )
    workers = [in_child(lambda: _send_in_child(app)) for _ in range(KILLED)]
    time.sleep(0.15)
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
    killed_at, times = time.monotonic(), []
    database.execute(
        "UPDATE conversion_uploads SET payload = jsonb_set(payload, '{destinations,0,operatingAccount,accountId}',"
        " to_jsonb('1234567890'::text)), due_at = CASE WHEN state = 'sending' THEN due_at ELSE now() END"
        " WHERE company_id = %s AND state IN ('pending', 'sending', 'waiting')",
        (company_id,),
    )
    while len(times) < KILLED and time.monotonic() - killed_at < 100:
        send(app)
        row = database.execute(
            "SELECT count(*) FROM conversion_uploads WHERE company_id = %s AND state = 'sent' AND sent_at > now() -"
            " make_interval(secs => %s)",
            (company_id, time.monotonic() - killed_at),
        ).fetchone()
        times += [time.monotonic() - killed_at] * (int(str(row[0] if row else 0)) - len(times))
        time.sleep(2)  # the bell rings every two seconds
    assert len(times) == KILLED, "not all came back"
    return Figure("seconds until killed work was taken over, p99", percentile(times, 0.99), "s", goal=Goal(60))


def figures() -> Iterator[Figure]:
    place = tempfile.TemporaryDirectory(prefix="leader-uploads-", ignore_cleanup_errors=True)
    with place as folder, world(Path(folder)) as here, sink() as address:
        migration.upgrade(sqlalchemy_url(here.database_url))
        settings = here.settings.model_copy(update={**_DEFAULTS, "google_datamanager_url": address})
        app = create_app(settings)
        alone = create_app(settings.model_copy(update={"conversion_batch_from": 2**31 - 1}))
        for _ in range(2):
            _, status = os.waitpid(in_child(lambda: prepare(app, 1)), 0)
            assert not status
        with psycopg.connect(here.database_url, autocommit=True) as database:
            living, dead = (uuid.UUID(str(row[0])) for row in database.execute("SELECT id FROM companies ORDER BY id"))
            database.execute("UPDATE conversion_uploads SET state = 'sent', due_at = now() + interval '1 day'")
            yield from speed(app, alone, database, living, address)
            measures: tuple[Callable[[], Figure], ...] = (
                lambda: dead_connection(alone, database, living, dead),
                lambda: recovery(app, database, living),
                lambda: one_token(app, database, living, here.google_url),
            )
            for measure in measures:
                yield measure()


_DEFAULTS = {
    name: Settings.model_fields[name].default
    for name in (
        "conversion_poll_seconds",
        "conversion_lease_seconds",
        "conversion_retry_seconds",
        "google_timeout_seconds",
    )
}
"""The crash benchmark's world is in a hurry; this one keeps the product's own times."""

if __name__ == "__main__":
    found = []
    for figure in figures():
        found.append(figure)
        print(f"{figure.name}: {figure.value:,.2f}", file=sys.stderr, flush=True)
    print("\n".join(lines(found)))
