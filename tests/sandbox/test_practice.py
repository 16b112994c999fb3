"""Starting, stopping and being killed: nothing that was received is forgotten."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from google.auth.transport.requests import Request

from sandbox import Practice, Settings
from sandbox.__main__ import main
from sandbox.practice import PortTakenError
from tests.sandbox.conftest import flow, get, post
from tests.sandbox.test_data_manager import Status, client_for, event, ingest, verdict
from tests.sandbox.visitor import consent

ROOT = Path(__file__).resolve().parents[2]


def test_a_restart_keeps_grants_tokens_conversions_clock_and_certificates(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, speed=5)
    with Practice(settings) as first:
        certificate = first.ca_file.read_bytes()
        steps = flow(first)
        url, _state = steps.authorization_url(access_type="offline", prompt="consent")
        steps.fetch_token(authorization_response=consent(url))
        request_id = ingest(client_for(first, steps.credentials), event())
        post(first, "faults", {"revoke": "down"})
        port = int(first.http_url.rsplit(":", 1)[1])
    with Practice(Settings(data_dir=tmp_path, port=port)) as second:
        assert second.ca_file.read_bytes() == certificate
        assert second.clock.speed == 5
        assert get(second, "faults")["revoke"] == "down"
        credentials = steps.credentials
        credentials.refresh(Request())
        client = client_for(second, credentials)
        assert verdict(second, client, request_id).request_status == Status.SUCCESS
        ingest(client, event())
        [counted] = get(second, "conversions")["conversions"]
        assert counted["adjustments"] == 1


def test_stopping_drops_open_connections(tmp_path: Path) -> None:
    practice = Practice(Settings()).start()
    session = requests.Session()
    assert session.get(practice.http_url, timeout=5).ok
    practice.stop()
    practice.stop()
    with pytest.raises(requests.ConnectionError):
        session.get(practice.http_url, timeout=5)


@pytest.mark.parametrize("option", ["port", "grpc_port", "shop_port", "mail_port"])
def test_a_taken_port_is_named_and_the_others_are_given_back(option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        practice = Practice(Settings(**{option: number}))
        with pytest.raises(PortTakenError, match=f"port {number} is already in use; .* --{option.replace('_', '-')}"):
            practice.start()
    with Practice(Settings()):
        pass


def test_concurrent_requests_are_each_counted_once(practice: Practice) -> None:
    steps = flow(practice)
    url, _state = steps.authorization_url(access_type="offline", prompt="consent")
    steps.fetch_token(authorization_response=consent(url))

    def send(number: int) -> str:
        return ingest(client_for(practice, steps.credentials), event(f"t-{number % 20}"))

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(send, range(60)))) == 60
    counted = get(practice, "conversions")["conversions"]
    assert len(counted) == 20
    assert sum(conversion["adjustments"] for conversion in counted) == 40


@pytest.fixture
def command(tmp_path: Path) -> Iterator[list[str]]:
    ports = ["--port", "0", "--grpc-port", "0", "--shop-port", "0"]
    yield [sys.executable, "-m", "sandbox", *ports, "--data-dir", str(tmp_path), "--site-key", "k", "--quiet"]


def start(command: list[str]) -> tuple["subprocess.Popen[str]", str]:
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    lines = [process.stdout.readline() for _line in range(3)]
    address = re.search(r"http://127\.0\.0\.1:\d+", lines[0])
    assert address, lines
    return process, address[0]


def test_the_command_survives_a_kill_and_ends_cleanly(command: list[str], tmp_path: Path) -> None:
    process, url = start(command)
    requests.post(f"{url}/practice/api/faults", json={"token": "down"}, timeout=5)
    process.kill()
    process.communicate(timeout=10)
    process, url = start([*command, "--speed", "600"])
    try:
        assert requests.get(f"{url}/practice/api/faults", timeout=5).json()["token"] == "down"
        assert requests.get(f"{url}/practice/api/clock", timeout=5).json()["speed"] == 600
    finally:
        process.send_signal(signal.SIGTERM)
        _out, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, "")
    assert (tmp_path / "sandbox" / "server.key").stat().st_mode & 0o777 == 0o600


@pytest.fixture
def _signals() -> Iterator[None]:
    """The command takes over the signals of its process."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("_signals")
def test_the_command_says_in_one_sentence_why_it_cannot_start(
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = str(taken.getsockname()[1])
        monkeypatch.setattr(sys, "argv", [*command[2:], "--shop-port", number])
        assert main() == 1
    sentence = f"port {number} is already in use; choose another one with --shop-port."
    assert capsys.readouterr() == ("", f"The practice Google cannot start: {sentence}\n")
    (tmp_path / "file").touch()
    monkeypatch.setattr(sys, "argv", [*command[2:], "--data-dir", str(tmp_path / "file")])
    assert main() == 1
    assert capsys.readouterr().err.startswith("The practice Google cannot use its data folder: ")


def test_it_shares_no_code_with_leader() -> None:
    for folder, stranger in (("sandbox", "app"), ("app", "sandbox")):
        for file in (ROOT / folder).rglob("*.py"):
            assert not re.search(rf"^\s*(from|import) {stranger}\b", file.read_text(), re.MULTILINE), file
