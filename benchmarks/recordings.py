"""A recording sealed and opened, beside the bare cipher; and a call's message, kept durably before it is answered."""

import json
import os
import re
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from html import unescape
from statistics import median
from urllib.parse import urlencode

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.core.sealed_files import SealedReader, new_file_key, sealed_pieces
from benchmarks.report import Figure, Goal
from benchmarks.rounds import percentile
from benchmarks.stand import Stand
from benchmarks.visitor import Request, UnexpectedAnswerError, Visitor

ROUNDS = 9
MEGABYTES = 64
PIECE = 1 << 16
CALLS, WARM_UP = 600, 30
HALF = Goal(2)
"""Times the bare cipher's time: half its speed."""
CIPHER = AESGCM(AESGCM.generate_key(256))
_MEBIBYTE = 1 << 20


def sealing() -> Iterator[Figure]:
    """Pieces as the network brings them, 64 KiB each; the floor encrypts a mebibyte at a time, and nothing else."""
    content, key = [os.urandom(PIECE)] * (MEGABYTES * _MEBIBYTE // PIECE), new_file_key()
    sealed, ciphered = b"".join(sealed_pieces(content, key, "benchmark")), _ciphered()

    def reader() -> SealedReader:
        return SealedReader(lambda at, length: sealed[at : at + length], key, "benchmark", MEGABYTES * _MEBIBYTE)

    subjects: dict[str, Callable[[], object]] = {
        "floor": _bare,
        "sealed": lambda: _use_up(sealed_pieces(content, key, "benchmark")),
        "floor of opening": partial(_bare_opening, ciphered),
        "opened": lambda: _use_up(reader().pieces()),
    }
    taken: dict[str, list[float]] = {name: [] for name in subjects}
    for number in range(ROUNDS + 1):
        for name, act in subjects.items():
            began = time.perf_counter()
            act()
            if number:
                taken[name].append(time.perf_counter() - began)
    for name, floor in (("sealed", "floor"), ("opened", "floor of opening")):
        times = median(ours / least for ours, least in zip(taken[name], taken[floor], strict=True))
        note = f"bare cipher {MEGABYTES / median(taken[floor]):,.0f} MiB/s"
        yield Figure(f"recording: {name}", MEGABYTES / median(taken[name]), "MiB/s", times, HALF, note)
    note = f"the most, while {MEGABYTES} MiB are sealed"
    yield Figure("recording: memory", _memory(content, key) / 1024, "KiB", goal=Goal(2_048), note=note)


def calls(stand: Stand) -> Iterator[Figure]:
    """Messages of calls one after the other, each of another caller, so that each becomes a lead."""
    visitor, waits = Visitor(stand.app.port), []
    address, secret = _switch_on(visitor, stand)
    for number in range(WARM_UP + CALLS):
        request = _message(address, secret, number)
        began = time.perf_counter()
        visitor.ask(request)
        waits.append(time.perf_counter() - began)
    visitor.leave()
    waits = waits[WARM_UP:]
    note = "each caller a new lead, committed before the answer"
    yield Figure("call message: wall p50", percentile(waits, 0.5) * 1000, "ms", note=note)
    yield Figure("call message: wall p99", percentile(waits, 0.99) * 1000, "ms", goal=Goal(20))


def _switch_on(visitor: Visitor, stand: Stand) -> tuple[str, str]:
    """The path that a telephone system calls, and its secret."""
    cookie = {"Cookie": stand.cookie}
    page = visitor.ask(Request("/settings/calls", headers=cookie))
    token = _found(rb'name="csrf_token"[^>]* value="([^"]+)"', page)
    headers = cookie | {"Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode({"csrf_token": unescape(token), "is_on": "y"}).encode()
    visitor.ask(Request("/settings/calls/switch", "POST", headers, body, status=303))
    page = visitor.ask(Request("/settings/calls/secrets", "POST", headers, body))
    return _found(rb"(/hooks/calls/[0-9a-f]{32}/generic)", page), _found(rb'id="new-secret">([^<]+)<', page)


def _found(pattern: bytes, page: bytes) -> str:
    match = re.search(pattern, page)
    if match is None:
        raise UnexpectedAnswerError("the page of calls is not as it was")
    return match[1].decode()


def _message(address: str, secret: str, number: int) -> Request:
    call = {"id": f"call-{number}", "from": f"+4477{number:08}", "to": "+442079460018", "status": "missed"}
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    return Request(address, "POST", headers, json.dumps(call).encode(), status=204)


def _bare() -> None:
    plain = bytes(_MEBIBYTE)
    for number in range(MEGABYTES):
        CIPHER.encrypt(number.to_bytes(12), plain, b"")


def _ciphered() -> list[bytes]:
    """As many different mebibytes, so that both the floor and Leader read from memory, not from the cache."""
    return [CIPHER.encrypt(number.to_bytes(12), os.urandom(_MEBIBYTE), b"") for number in range(MEGABYTES)]


def _bare_opening(ciphered: list[bytes]) -> None:
    for number, each in enumerate(ciphered):
        CIPHER.decrypt(number.to_bytes(12), each, b"")


def _use_up(pieces: Iterator[bytes]) -> None:
    for _piece in pieces:
        pass


def _memory(content: list[bytes], key: str) -> int:
    tracemalloc.start()
    _use_up(sealed_pieces(content, key, "benchmark"))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most
