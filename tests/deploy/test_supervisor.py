"""The one command: what it says when it cannot start."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import preflight
from deploy.errors import StartError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def free_port() -> int:
    """The first of the ports that nobody uses, outside the range that systems give away."""
    return next(port for port in range(20_000, 30_000, 10) if _are_free(port))


def _are_free(port: int) -> bool:
    try:
        preflight.ports(port, preflight.PORTS)
    except StartError:
        return False
    return True


def start(data_dir: Path, port: int | str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.supervisor", "--port", str(port), "--data-dir", str(data_dir)],
        cwd=ROOT,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
    )


def assert_one_sentence(done: subprocess.CompletedProcess[str], words: str) -> None:
    assert done.returncode == 1
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_used_port(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = start(tmp_path / "var", port)
    assert_one_sentence(done, f"Port {port} is in use")
    assert not (tmp_path / "var" / "secrets.env").exists()


def test_a_folder_that_cannot_be_made() -> None:
    assert_one_sentence(start(Path("/proc/leader"), 8000), "DATA_DIR /proc/leader cannot be used")


def test_production_without_a_google_client(tmp_path: Path) -> None:
    done = start(tmp_path / "var", 8000, LEADER_ENV="production", GOOGLE_CLIENT_ID="")
    assert_one_sentence(done, "LEADER_ENV=production needs GOOGLE_CLIENT_ID")


@pytest.mark.parametrize("package", ["psycopg", "psutil"])
def test_a_missing_package(tmp_path: Path, package: str) -> None:
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text(f"raise ModuleNotFoundError(name={package!r})\n")
    done = start(tmp_path / "var", 8000, PYTHONPATH=str(tmp_path))
    assert_one_sentence(done, f"The package {package} is missing")


def test_a_database_that_does_not_answer(tmp_path: Path, free_port: int) -> None:
    done = start(tmp_path / "var", free_port, DATABASE_URL="postgresql://me:secret@127.0.0.1:1/leader")
    assert_one_sentence(done, "The database of DATABASE_URL does not answer")
    assert "secret" not in done.stderr


def test_a_queue_that_does_not_answer(tmp_path: Path, free_port: int, database_url: str) -> None:
    done = start(tmp_path / "var", free_port, DATABASE_URL=database_url, REDIS_URL="redis://127.0.0.1:1/0")
    assert_one_sentence(done, "The server of REDIS_URL does not answer")
