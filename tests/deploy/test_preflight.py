"""What is said before anything starts."""

import os
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import preflight
from deploy.errors import StartError


@pytest.fixture
def other() -> Iterator[socket.socket]:
    """Another program's server."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening


def test_a_used_port_is_named_with_a_way_out(other: socket.socket) -> None:
    port = other.getsockname()[1]
    with pytest.raises(StartError, match=rf"^Port {port} is in use .*: make run PORT=\d+$"):
        preflight.ports(port, 1)


def test_a_port_that_becomes_free_in_time_is_taken(other: socket.socket) -> None:
    threading.Timer(0.3, other.close).start()
    preflight.ports(other.getsockname()[1], 1, patience=10)


@pytest.mark.parametrize("text", ["", "0", "-1", "65532", "99999", "8000.5", "web"])
def test_a_wrong_port_is_one_sentence(text: str) -> None:
    with pytest.raises(StartError, match=r"^PORT must be a number from 1 to 65531, and .* is not\.$"):
        preflight.port_number(text)


def test_the_data_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = preflight.data_folder(tmp_path / "new" / "data")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "logs").stat().st_mode) == 0o700


def test_a_data_folder_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StartError, match=r"^DATA_DIR .* cannot be used: .*\.$"):
        preflight.data_folder(tmp_path / "data")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of another user")
def test_a_data_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    folder = preflight.data_folder(tmp_path / "data")
    os.chown(folder, 12345, -1)
    with pytest.raises(StartError, match="belongs to another user"):
        preflight.data_folder(folder)


def test_a_full_disk_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "NEEDED_MB", 10**9)
    with pytest.raises(StartError, match=r"^The disk is nearly full: .* needed\.$"):
        preflight.disk(tmp_path)


def test_two_runs_on_one_folder_are_refused(tmp_path: Path) -> None:
    first = preflight.RunLock(tmp_path, "http://127.0.0.1:8000")
    with pytest.raises(StartError, match=r"already runs on .* at http://127.0.0.1:8000 \(process \d+\): stop it"):
        preflight.RunLock(tmp_path, "http://127.0.0.1:9000")
    first.release()
    second = preflight.RunLock(tmp_path, "http://127.0.0.1:9000")
    assert not second.earlier_run_was_killed
    second.file.close()  # as the kernel does for a killed process
    third = preflight.RunLock(tmp_path, "http://127.0.0.1:9000")
    assert third.earlier_run_was_killed
    third.release()
