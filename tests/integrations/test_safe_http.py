"""Nothing inside our own network is ever asked, whatever an address looks like; and no answer goes on for ever."""

import http.server
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from urllib3.connection import HTTPSConnection

from app.core.errors import LeaderError, PermanentError, RetryableError
from app.integrations import safe_http
from app.integrations.safe_http import Limits, request


class _Trap(http.server.BaseHTTPRequestHandler):
    seen: list[str] = []  # noqa: RUF012 - one list for the server
    kept: dict[str, str] = {}  # noqa: RUF012

    def do_GET(self) -> None:
        type(self).seen.append(self.path)
        type(self).kept = dict(self.headers)
        if self.path == "/slow":
            self.send_response(200)
            self.end_headers()
            for _ in range(50):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.1)
        elif self.path.startswith("/to?"):
            self.send_response(302)
            self.send_header("Location", self.path.partition("?")[2])
            self.end_headers()
        elif self.path == "/noise":
            self.wfile.write(b"no answer at all\r\n\r\n")
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"hello" * 100)

    def log_message(self, *_args: object) -> None:
        """Quiet."""


@pytest.fixture
def trap(listener: str) -> str:
    _Trap.seen = []
    return listener


@pytest.fixture(scope="module")
def listener() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Trap)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


FORBIDDEN = (
    "http://{trap}/", "https://{trap}/", "https://localhost:{port}/", "https://127.1:{port}/", "https://0x7f000001:{port}/",
    "https://2130706433:{port}/", "https://0177.0.0.1:{port}/", "https://0.0.0.0:{port}/", "https://[::1]:{port}/",
    "https://[::ffff:127.0.0.1]:{port}/", "https://[::ffff:7f00:1]:{port}/", "https://[64:ff9b::7f00:1]:{port}/",
    "https://[2002:7f00:1::]:{port}/", "https://169.254.169.254/latest/meta-data/", "https://10.0.0.1/", "https://172.16.0.9/",
    "https://192.168.1.1/", "https://100.64.0.1/", "https://[fe80::1]/", "https://[fd00::1]/", "https://224.0.0.1/",
    "https://255.255.255.255/", "https://user@{trap}/", "https://user:pw@localhost:{port}/", "file:///etc/passwd",
    "gopher://{trap}/", "ftp://{trap}/", "//{trap}/", "https://", "https:///x", "https://{trap}:0/", "https://[::1/",
    "https://exa mple/", "https://localhost\r\nHost: x/", "https://localhost\t:{port}/", "https://ⓛocalhost:{port}/",
    "https://localhost%00.example/", "https://x:99999/", "https://127.0.0.1.:{port}/", "https://%31%32%37.0.0.1:{port}/",
    "javascript:alert(1)", "data:text/plain,x", "unix:///run/x", "", "x", "https://[::]:{port}/",
    "https://[0:0:0:0:0:ffff:127.0.0.1]:{port}/", "HTTP://{trap}/", "https:{trap}", "https:/{trap}/",
)  # fmt: skip


@pytest.mark.parametrize("address", FORBIDDEN)
def test_no_way_leads_inside(trap: str, address: str) -> None:
    url = address.format(trap=trap.removeprefix("http://"), port=trap.rpartition(":")[2])
    with pytest.raises(LeaderError), request("GET", url, Limits(seconds=2)) as answer:
        answer.body()
    assert not _Trap.seen


def test_a_name_that_moves_inside_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second look-up would say 127.0.0.1. There is none: the line goes to the address that was looked at."""
    answers, lines = iter(["8.8.4.4", "127.0.0.1"]), []

    def look_up(_host: str, port: int, **_named: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connect(line: HTTPSConnection) -> None:
        lines.append((line.host, line.server_hostname, line.assert_hostname))
        raise OSError

    monkeypatch.setattr(safe_http.socket, "getaddrinfo", look_up)
    monkeypatch.setattr(HTTPSConnection, "connect", connect)
    with pytest.raises(RetryableError), request("GET", "https://rebind.example/", Limits()):
        pass
    assert lines == [("8.8.4.4", "rebind.example", "rebind.example")]


def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(safe_http.socket, "getaddrinfo", lambda *_a, **_n: both)
    with pytest.raises(PermanentError), request("GET", "https://x.example/", Limits()):
        pass


def test_the_own_practice_may_be_asked(trap: str) -> None:
    with request("GET", f"{trap}/x", Limits(inside=trap), headers={"Authorization": "Basic x"}) as answer:
        assert (answer.status, answer.body()) == (200, b"hello" * 100)
    assert _Trap.kept["Authorization"] == "Basic x"


def test_redirects_lead_to_named_hosts_only(trap: str) -> None:
    inside = Limits(inside=trap, hosts=("api.twilio.com",))
    with request("GET", f"{trap}/to?/x", inside) as answer:
        assert answer.status == 200
    for target in (
        "http://127.0.0.1:1/",
        "https://localhost/",
        "https://evil-api.twilio.com.example/",
        "file:///x",
        "https://[",
    ):
        with pytest.raises(PermanentError), request("GET", f"{trap}/to?{target}", inside):
            pass
    with pytest.raises(PermanentError), request("GET", f"{trap}/to?/to?/to?/to?/to?/x", inside):
        pass
    with request("GET", f"{trap}/to?/x", Limits(inside=trap)) as answer:
        assert answer.status == 302


def test_only_listed_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Limits(hosts=("api.twilio.com", ".callrail.com"))
    for url in (
        "https://twilio.com/",
        "https://xapi.twilio.com/",
        "https://callrail.com.example/",
        "https://xcallrail.com/",
    ):
        with pytest.raises(PermanentError, match="does not ask"), request("GET", url, limits):
            pass


def test_long_and_slow_answers_end(trap: str) -> None:
    with pytest.raises(PermanentError), request("GET", f"{trap}/x", Limits(inside=trap, most_bytes=100)) as answer:
        answer.body()
    began = time.monotonic()
    with pytest.raises(RetryableError), request("GET", f"{trap}/slow", Limits(inside=trap, seconds=0.5)) as answer:
        answer.body()
    assert time.monotonic() - began < 2


def test_nobody_there(trap: str) -> None:
    with pytest.raises(RetryableError), request("GET", "http://127.0.0.1:9/", Limits(inside="http://127.0.0.1:9")):
        pass


def test_noise_is_no_answer(trap: str) -> None:
    with pytest.raises(RetryableError), request("GET", f"{trap}/noise", Limits(inside=trap)):
        pass


def test_the_callers_errors_are_its_own(trap: str) -> None:
    with pytest.raises(FileNotFoundError), request("GET", f"{trap}/x", Limits(inside=trap)):
        raise FileNotFoundError
