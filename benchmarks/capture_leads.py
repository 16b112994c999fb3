"""A lead that a website sends: what it costs until the answer, checked and kept durably, and what the worker adds."""

import json
import time
from collections.abc import Iterator
from functools import partial

from cryptography.fernet import Fernet

from app.capture import jobs
from app.core.config import Settings
from app.factory import create_app
from benchmarks.report import Figure, Goal
from benchmarks.rounds import Measured, Round, Subject, interleave, ratio
from benchmarks.stand import Stand
from benchmarks.statements import statements
from benchmarks.visitor import Request, Visitor

ROUNDS = 11
REQUESTS = 1_200
THREADS = 8
LONE_REQUESTS = 150
TAKEN_IN = 1_000
LEAST_SHARE = Goal(60, is_most=False)


def sending(stand: Stand, number: int) -> Request:
    """The nth lead: from a visitor of its own, on one of many sites, after an ad click and a later visit."""
    shop = "https://www.shop.example"
    ad = "utm_source=google&utm_medium=cpc&utm_campaign=spring-roofing&utm_term=metal%20roof%20repair"
    now = int(time.time() * 1000)
    body = {
        "client_event_id": f"benchmark-{number}",
        "fields": {
            "name": f"Jane Miller {number}",
            "email": f"jane.miller.{number}@example.com",
            "phone": "020 7946 0958",
            "message": "Our roof leaks above the kitchen. Could someone look at it this week?",
        },
        "first": {
            "landing_page": f"{shop}/roof-repair?{ad}&gclid=Cj0KCQjwBenchmark_{number:08d}-EALw_wcB",
            "referrer": "https://www.google.com/",
            "at": now - 86_400_000,
        },
        "last": {"landing_page": f"{shop}/quote", "referrer": "", "at": now - 60_000},
        "consent": {"ad_user_data": "granted", "ad_personalization": "granted"},
        "page": f"{shop}/quote",
        "visitor_id": f"visitor-{number}",
    }
    headers = {
        "Content-Type": "application/json",
        "X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Origin": shop,
    }
    site_key = stand.site_keys[number % len(stand.site_keys)]
    return Request(f"/c/{site_key}", "POST", headers, json.dumps(body).encode(), status=201)


def measure(stand: Stand) -> Iterator[Figure]:
    """One visitor at a time for the waiting, many at once for CPU and throughput."""
    numbers = iter(range(0, 10**9, 10**6))
    lone = _both(stand, next(numbers), LONE_REQUESTS, threads=1)
    crowd = _both(stand, next(numbers), REQUESTS, THREADS)
    ours, floor = crowd["capture"], crowd["floor"]
    times = ratio(ours, floor, Round.cpu_ms)
    split = f"app {ours.server_cpu_ms:.2f} + database {ours.database_cpu_ms:.2f}"
    least = f"floor {floor.cpu_ms:.2f} = {floor.server_cpu_ms:.2f} + {floor.database_cpu_ms:.2f}"
    yield Figure("capture: CPU", ours.cpu_ms, "ms", times, note=f"until the answer; {split}; {least}")
    yield Figure("capture: share of the floor", 100 / times, "%", goal=LEAST_SHARE, note="by CPU, until the answer")
    name, speed = f"capture: {THREADS} at once", ours.per_second
    yield Figure(name, speed, "req/s", speed / floor.per_second, note=f"floor {floor.per_second:,.0f}")
    ours, floor = lone["capture"], lone["floor"]
    times = ratio(ours, floor, Round.wall_ms)
    yield Figure("capture: wall p50", ours.wall_ms(0.5), "ms", times, note=f"floor {floor.wall_ms(0.5):.2f}")
    times = ours.wall_ms(0.99) / floor.wall_ms(0.99)
    yield Figure("capture: wall p99", ours.wall_ms(0.99), "ms", times, note=f"floor {floor.wall_ms(0.99):.2f}")
    visitor = Visitor(stand.app.port)
    once = [sending(stand, next(numbers) + place) for place in range(2)]
    visitor.ask(once[0])  # connects
    yield statements("capture", stand, lambda: visitor.ask(once[1]))
    yield Figure("capture: bytes sent", len(once[1].body or b""), "bytes")
    visitor.leave()
    yield _taking_in(stand)


def _taking_in(stand: Stand) -> Figure:
    """What the job spends on each lead after the answer. It runs in this process, as nothing else does meanwhile."""
    _leave_waiting(stand, TAKEN_IN)
    settings = Settings(
        database_url=stand.database_url,
        redis_url="unix:///no-bell-is-rung",
        secret_key="benchmark" * 5,
        leader_master_keys=Fernet.generate_key().decode(),
        log_level="ERROR",
    )
    with create_app(settings).app_context():
        own_before, database_before, began = time.process_time(), stand.database.cpu(), time.perf_counter()
        jobs.take_in_waiting()
        wall, own = time.perf_counter() - began, time.process_time() - own_before
        database = stand.database.cpu() - database_before
    wall, own, database = (seconds * 1000 / _taken_in(stand) for seconds in (wall, own, database))
    note = f"after the answer, by the job; worker {own:.2f} + database {database:.2f}; wall {wall:.2f}"
    return Figure("capture: taking one lead in, CPU", own + database, "ms", note=note)


def _leave_waiting(stand: Stand, items: int) -> None:
    """So many items wait to be taken in; the others that the rounds sent are put off."""
    with stand.connect() as connection:
        connection.execute(
            "UPDATE inbox_items SET due_at = due_at + interval '1 day' WHERE id NOT IN"
            " (SELECT id FROM inbox_items WHERE taken_in_at IS NULL ORDER BY id LIMIT %s)",
            [items],
        )
        connection.execute("VACUUM ANALYZE inbox_items")


def _taken_in(stand: Stand) -> int:
    with stand.connect() as connection:
        row = connection.execute("SELECT count(*) FROM inbox_items WHERE taken_in_at IS NOT NULL").fetchone()
    return int(str(row[0])) if row else 0


def _both(stand: Stand, first: int, requests: int, threads: int) -> dict[str, Measured]:
    """Leader and the floor, with bodies that differ in nothing but their number."""
    make = partial(_numbered, stand, first)
    subjects = [
        Subject("capture", stand.app.port, stand.app.tree, make),
        Subject("floor", stand.floor.port, stand.floor.tree, make),
    ]
    return interleave(subjects, stand.database, rounds=ROUNDS, requests=requests, threads=threads)


def _numbered(stand: Stand, first: int, number: int) -> Request:
    return sending(stand, first + number)
