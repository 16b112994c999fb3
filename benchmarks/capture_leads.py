"""A lead that a website sends: checked, stored with its touches and consent, durable before the answer."""

import json
import time
from collections.abc import Iterator
from functools import partial

from benchmarks.report import Figure, Goal
from benchmarks.rounds import Measured, Round, Subject, interleave, ratio
from benchmarks.stand import Stand
from benchmarks.statements import statements
from benchmarks.visitor import Request, Visitor

ROUNDS = 11
REQUESTS = 1_200
THREADS = 8
LONE_REQUESTS = 150
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
    yield Figure("capture: CPU", ours.cpu_ms, "ms", times, note=f"{split}; {least}")
    yield Figure("capture: share of the floor", 100 / times, "%", goal=LEAST_SHARE, note="by CPU")
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
