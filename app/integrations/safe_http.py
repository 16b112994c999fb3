"""Requests to addresses that somebody else wrote: nobody can make them reach what lies inside our own network.

1. https only. 2. The name is resolved once, and every address it has must be public; the line goes to one of those, so
that a name that means something else a moment later changes nothing. 3. Redirects are followed only where the caller
names the hosts, and each is looked at like the first address; what opens a door is not taken along to another host.
4. The answer may be so long and take so long, and not more.

An `inside` origin is exempt from 1 and 2: the practice provider of an installation for trying out.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urljoin, urlsplit

import certifi
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from app.core.errors import PermanentError, RetryableError
from app.core.words import gettext as _

_PIECE = 1 << 16
_MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class Limits:
    """Where a request may go and how much may come back."""

    hosts: tuple[str, ...] = ()
    """Host names, or domains with a dot before them; empty: any public host, and no redirects."""
    inside: str = ""
    """The one origin that may be private, such as http://127.0.0.1:8001."""
    seconds: float = 10.0
    most_bytes: int = 100_000


@dataclass
class Answer:
    """An open answer. Reading raises RetryableError when the line breaks, PermanentError when it is too long."""

    status: int
    headers: Mapping[str, str]
    _response: urllib3.BaseHTTPResponse = field(repr=False)
    _most_bytes: int
    _until: float

    def pieces(self) -> Iterator[bytes]:
        seen = 0
        while piece := self._read():
            seen += len(piece)
            if seen > self._most_bytes:
                raise PermanentError(_("The other side sent more than Leader takes."), reason="too_long")
            yield piece
        if time.monotonic() >= self._until:  # a line that was cut looks like the end of an answer without a length
            raise _no_answer(TimeoutError())

    def body(self) -> bytes:
        return b"".join(self.pieces())

    def _read(self) -> bytes:
        with _answering():
            return self._response.read1(_PIECE)


@contextmanager
def request(
    method: str, url: str, limits: Limits, *, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> Iterator[Answer]:
    """Ask, and give the line back afterwards. Raises PermanentError for an address that may not be asked, and
    RetryableError when nothing answers in time. Any status is an answer."""
    until, sent = time.monotonic() + limits.seconds, dict(headers or {})
    for _turn in range(_MOST_REDIRECTS + 1):
        parts = _checked(url, limits)
        with _line(parts, limits, until) as line:
            with _answering():
                response = _ask(line, method, parts, sent, body)
            location = response.headers.get("Location", "")
            if response.status not in _REDIRECTS or not location or not limits.hosts:
                yield Answer(response.status, response.headers, response, limits.most_bytes, until)
                return
        url = _next(url, location)
        if urlsplit(url).netloc != parts.netloc:
            sent = {name: value for name, value in sent.items() if name.lower() != "authorization"}
    raise PermanentError(_("The other side sends Leader from one address to the next."), reason="redirects")


def _checked(url: str, limits: Limits) -> SplitResult:
    """The parts of an address that may be asked."""
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0 and parts.username is None and url.isascii()
    except ValueError:
        raise _forbidden("malformed") from None
    if not is_whole or any(character <= " " for character in url):
        raise _forbidden("malformed")
    if limits.inside and f"{parts.scheme}://{parts.netloc}" == limits.inside:
        return parts
    if parts.scheme != "https":
        raise _forbidden("not_https")
    if limits.hosts and not any(_is_of(parts.hostname or "", host) for host in limits.hosts):
        raise _forbidden("host")
    return parts


def _next(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise _forbidden("malformed") from None


def _is_of(name: str, host: str) -> bool:
    return name.endswith(host) if host.startswith(".") else name == host


@contextmanager
def _line(parts: SplitResult, limits: Limits, until: float) -> Iterator[HTTPConnection]:
    """A connection to the one address that was looked at, which is cut when the time is over."""
    host, is_inside = parts.hostname or "", f"{parts.scheme}://{parts.netloc}" == limits.inside
    left = until - time.monotonic()
    if left <= 0:
        raise _no_answer(TimeoutError())
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _resolved(host, port, is_inside=is_inside)
    line: HTTPConnection
    if parts.scheme == "https":
        line = HTTPSConnection(
            address, port, timeout=left, server_hostname=host, assert_hostname=host, ca_certs=certifi.where(),
            cert_reqs=ssl.CERT_REQUIRED,
        )  # fmt: skip
    else:
        line = HTTPConnection(address, port, timeout=left)
    guillotine = None
    try:
        with _answering():
            line.connect()
        guillotine = threading.Timer(left, _cut, [line.sock])
        guillotine.daemon = True
        guillotine.start()
        yield line
    finally:
        if guillotine:
            guillotine.cancel()
        line.close()


def _resolved(host: str, port: int, *, is_inside: bool) -> str:
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise _no_answer(error) from None
    if not is_inside and not all(_is_public(address) for address in found):
        raise _forbidden("private")
    return found[0]


def _is_public(address: str) -> bool:
    """True for an address on the open internet, also where it is written inside another kind of address."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if inner is not None:
            return _is_public(str(inner))
        if found in ipaddress.ip_network("64:ff9b::/96"):
            return _is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)))
    return found.is_global and not found.is_multicast


def _ask(
    line: HTTPConnection, method: str, parts: SplitResult, headers: Mapping[str, str], body: bytes
) -> urllib3.BaseHTTPResponse:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    named = {"Host": parts.netloc, "Accept-Encoding": "identity", "User-Agent": "Leader", **headers}
    line.request(method, target, body=body or None, headers=named, preload_content=False, decode_content=False)
    return line.getresponse()


@contextmanager
def _answering() -> Iterator[None]:
    """Around what the other side does, and nothing else: the caller's own errors are not for it to answer for."""
    try:
        yield
    except (OSError, urllib3.exceptions.HTTPError, http.client.HTTPException) as error:
        raise _no_answer(error) from None


def _cut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _forbidden(reason: str) -> PermanentError:
    return PermanentError(_("Leader does not ask this address."), reason=reason)


def _no_answer(error: BaseException) -> RetryableError:
    return RetryableError(_("The other side does not answer. Leader tries again."), reason=type(error).__name__)
