"""Rounds: one subject after the other, again and again, so that a busy moment of the machine meets all."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.processes import ProcessTree
from benchmarks.visitor import Request, Visitor


@dataclass(frozen=True)
class Subject:
    """What is measured: a server and the requests to it. `request(n)` is the nth one of all rounds."""

    name: str
    port: int
    server: ProcessTree
    request: Callable[[int], Request]


@dataclass(frozen=True)
class Round:
    """Some requests in a row. `waits` are wall seconds of each; the CPU seconds are those of all together."""

    waits: list[float]
    elapsed: float
    server_cpu: float
    database_cpu: float

    def cpu_ms(self) -> float:
        """Milliseconds of CPU per request, server and database together."""
        return (self.server_cpu + self.database_cpu) * 1000 / len(self.waits)

    def wall_ms(self) -> float:
        """The median wait in milliseconds."""
        return median(self.waits) * 1000


@dataclass(frozen=True)
class Measured:
    """All rounds of one subject."""

    rounds: list[Round]

    def wall_ms(self, share: float) -> float:
        """The time within which this share of all requests was answered."""
        return percentile([wait for each in self.rounds for wait in each.waits], share) * 1000

    @property
    def cpu_ms(self) -> float:
        return median(each.cpu_ms() for each in self.rounds)

    @property
    def server_cpu_ms(self) -> float:
        return median(each.server_cpu * 1000 / len(each.waits) for each in self.rounds)

    @property
    def database_cpu_ms(self) -> float:
        return median(each.database_cpu * 1000 / len(each.waits) for each in self.rounds)

    @property
    def per_second(self) -> float:
        return median(len(each.waits) / each.elapsed for each in self.rounds)


def ratio(measured: Measured, floor: Measured, figure: Callable[[Round], float]) -> float:
    """How many times the floor: the median over pairs of neighbouring rounds, which met the same machine."""
    pairs = zip(measured.rounds, floor.rounds, strict=True)
    return median(figure(ours) / figure(least) for ours, least in pairs)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    position = -(-len(ordered) * share // 1)  # rounded up
    return ordered[max(0, int(position) - 1)]


def interleave(
    subjects: Sequence[Subject], database: ProcessTree, *, rounds: int, requests: int, threads: int = 1
) -> dict[str, Measured]:
    """Measure each subject in every round; the first round only warms up. Keyed by the subject's name."""
    found: dict[str, list[Round]] = {subject.name: [] for subject in subjects}
    for number in range(rounds + 1):
        for subject in subjects:
            start = number * (requests + 1) * threads
            found[subject.name].append(_round(subject, database, start, requests, threads))
    return {name: Measured(each[1:]) for name, each in found.items()}


def _round(subject: Subject, database: ProcessTree, start: int, requests: int, threads: int) -> Round:
    visitors = [Visitor(subject.port) for _ in range(threads)]
    for place, visitor in enumerate(visitors):
        visitor.ask(subject.request(start + place))  # connects
    waits: list[float] = []
    numbers = iter(range(start + threads, start + threads + requests))
    errors: list[BaseException] = []
    askers = [threading.Thread(target=_ask, args=(v, subject, numbers, waits, errors)) for v in visitors]
    server_before, database_before, began = subject.server.cpu(), database.cpu(), time.perf_counter()
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    elapsed = time.perf_counter() - began
    spent = subject.server.cpu() - server_before, database.cpu() - database_before
    for visitor in visitors:
        visitor.leave()
    if errors:
        raise errors[0]
    return Round(waits, elapsed, *spent)


def _ask(
    visitor: Visitor,
    subject: Subject,
    numbers: Iterator[int],
    waits: list[float],
    errors: list[BaseException],
) -> None:
    """Take the next number and ask, until none is left. The iterator of a range is safe between threads."""
    try:
        for number in numbers:
            request = subject.request(number)
            began = time.perf_counter()
            visitor.ask(request)
            waits.append(time.perf_counter() - began)
    except Exception as error:
        errors.append(error)
