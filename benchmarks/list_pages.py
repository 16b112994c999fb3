"""The table of leads: its first page, a stage's, a page deep down, and the part that HTMX asks for.

These are asked for again and again, as people do, so their rows are drawn already. "Rows not seen before" turns through
every page of the company instead, which has many more rows than Leader remembers: there each row is drawn anew.
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode
from uuid import UUID

from app.core.pagination import PAGE_SIZE, Position
from benchmarks.report import Figure, Goal
from benchmarks.rounds import Measured, Round, Subject, interleave, ratio
from benchmarks.stand import Stand, Web
from benchmarks.statements import statements
from benchmarks.visitor import Request, Visitor

DEEP = 50_000
STAGE = "Contacted"
ROUNDS = 15
REQUESTS = 200
MOST_TIMES_FLOOR = Goal(1.5)
MOST_TIMES_FIRST = Goal(1.1)
MOST_STATEMENTS = Goal(4)
MOST_PARTIAL_BYTES = {"raw": Goal(25_000), "gzip": Goal(4_000)}


@dataclass(frozen=True)
class Page:
    """One kind of page: how Leader is asked for it, and how the floor."""

    name: str
    requests: list[Request]
    floors: list[Request]


def pages(stand: Stand, leads: int) -> list[Page]:
    """Every kind. The deep page starts after row DEEP, or after the middle row of fewer leads."""
    with stand.connect() as connection:
        stage = connection.execute(
            "SELECT id FROM stages WHERE company_id = %s AND name = %s", [stand.company_id, STAGE]
        ).fetchone()
        places = connection.execute(
            "SELECT created_at, id FROM ("
            "  SELECT created_at, id, row_number() OVER (ORDER BY created_at DESC, id DESC) AS n"
            "    FROM leads WHERE company_id = %s) AS numbered WHERE n %% %s = 0 ORDER BY n",
            [stand.company_id, PAGE_SIZE],
        ).fetchall()
    signed_in = {"Cookie": stand.cookie, "Accept": "text/html"}
    after = [
        Request(f"/leads?after={quote(Position(at, UUID(str(id_))).token())}", headers=signed_in) for at, id_ in places
    ]
    floor_after = [Request("/leads?" + urlencode({"at": at.isoformat(), "id": str(id_)})) for at, id_ in places]
    deep = min(DEEP, leads // 2) // PAGE_SIZE - 1
    return [
        Page("first page", [Request("/leads", headers=signed_in)], [Request("/leads")]),
        Page(
            f"stage {STAGE}",
            [Request(f"/leads?stage={STAGE}", headers=signed_in)],
            [Request(f"/leads?stage={stage[0]}")],
        ),
        Page(f"page at row {min(DEEP, leads // 2):,}", [after[deep]], [floor_after[deep]]),
        Page(
            "partial for HTMX",
            [Request("/leads", headers=signed_in | {"HX-Request": "true"})],
            [Request("/leads?partial=1")],
        ),
        Page("rows not seen before", after[:-1], floor_after[:-1]),
    ]


def measure(stand: Stand, leads: int) -> Iterator[Figure]:
    kinds = pages(stand, leads)
    subjects = []
    for page in kinds:
        subjects.append(_subject(page.name, stand.app, page.requests))
        subjects.append(_subject(_floor(page), stand.floor, page.floors))
    found = interleave(subjects, stand.database, rounds=ROUNDS, requests=REQUESTS)
    for page in kinds:
        yield from _speed(page, found[page.name], found[_floor(page)])
        yield from _weight(page, stand)
    first, deep = found[kinds[0].name], found[kinds[2].name]
    name = f"list, {kinds[2].name}, to the first page"
    yield Figure(f"{name}: CPU", ratio(deep, first, Round.cpu_ms), "times", goal=MOST_TIMES_FIRST)
    yield Figure(f"{name}: wall p50", ratio(deep, first, Round.wall_ms), "times", goal=MOST_TIMES_FIRST)


def _subject(name: str, web: Web, requests: list[Request]) -> Subject:
    return Subject(name, web.port, web.tree, lambda number: requests[number % len(requests)])


def _floor(page: Page) -> str:
    return f"floor of {page.name}"


def _speed(page: Page, ours: Measured, floor: Measured) -> Iterator[Figure]:
    name = f"list, {page.name}"
    times = ratio(ours, floor, Round.cpu_ms)
    split = f"app {ours.server_cpu_ms:.2f} + database {ours.database_cpu_ms:.2f}"
    least = f"floor {floor.cpu_ms:.2f} = {floor.server_cpu_ms:.2f} + {floor.database_cpu_ms:.2f}"
    yield Figure(f"{name}: CPU", ours.cpu_ms, "ms", times, MOST_TIMES_FLOOR, f"{split}; {least}")
    times = ratio(ours, floor, Round.wall_ms)
    yield Figure(f"{name}: wall p50", ours.wall_ms(0.5), "ms", times, note=f"floor {floor.wall_ms(0.5):.2f}")
    times = ours.wall_ms(0.99) / floor.wall_ms(0.99)
    yield Figure(f"{name}: wall p99", ours.wall_ms(0.99), "ms", times, note=f"floor {floor.wall_ms(0.99):.2f}")


def _weight(page: Page, stand: Stand) -> Iterator[Figure]:
    name = f"list, {page.name}"
    visitor = Visitor(stand.app.port)
    asked = page.requests[0]
    body = visitor.ask(asked)
    least = Visitor(stand.floor.port).ask(page.floors[0])
    sizes = {
        "raw": (len(body), len(least)),
        "gzip": (len(gzip.compress(body, 6)), len(gzip.compress(least, 6))),
    }
    for kind, (size, floor_size) in sizes.items():
        goal = MOST_PARTIAL_BYTES[kind] if "HX-Request" in asked.headers else None
        yield Figure(f"{name}: bytes, {kind}", size, "bytes", goal=goal, note=f"floor {floor_size:,}")
    yield statements(name, stand, lambda: visitor.ask(asked), MOST_STATEMENTS)
    visitor.leave()
