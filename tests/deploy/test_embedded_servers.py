"""The embedded servers keep what they were given, whatever becomes of the program that started them."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from deploy.children import has_ended
from deploy.embedded_postgres import Postgres
from deploy.embedded_valkey import Valkey, find_program
from deploy.preflight import data_folder

ROOT = Path(__file__).resolve().parents[2]
LAUNCHER = """
import sys, time
from pathlib import Path
from deploy.embedded_postgres import Postgres
from deploy.embedded_valkey import Valkey, find_program

folder, tied = Path(sys.argv[1]), sys.argv[2] == "tied"
postgres = Postgres(folder, folder / "logs", durable=False, tied_to_parent=tied)
valkey = Valkey(folder, folder / "logs", tied_to_parent=tied)
postgres.start()
valkey.start()
print(postgres.child.process.pid, valkey.child.process.pid, postgres.url(), valkey.url(), flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that an ordinary user could reach; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory(prefix="leader embedded ", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield data_folder(Path(name) / "data")


class Launched:
    """Both servers, started by another process that a test can kill."""

    def __init__(self, folder: Path, tied: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", LAUNCHER, str(folder), tied], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        postgres, valkey, self.database_url, self.redis_url = self.process.stdout.readline().split()
        self.servers = [psutil.Process(int(postgres)), psutil.Process(int(valkey))]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def remember(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('lead')")


def test_servers_left_by_a_killed_launcher_are_taken_over(folder: Path) -> None:
    launched = Launched(folder, "loose")
    remember(launched.database_url)
    launched.kill()
    assert not any(has_ended(server) for server in launched.servers)
    postgres, valkey = Postgres(folder, folder / "logs"), Valkey(folder, folder / "logs")
    try:
        postgres.start()
        valkey.start()
        assert all(has_ended(server) for server in launched.servers)
        with psycopg.connect(postgres.url()) as connection:
            assert connection.execute("SELECT word FROM kept").fetchall() == [("lead",)]
    finally:
        valkey.stop()
        postgres.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux signals a child at its parent's death")
def test_servers_end_with_a_killed_launcher(folder: Path) -> None:
    launched = Launched(folder, "tied")
    launched.kill()
    deadline = time.monotonic() + 10
    while not all(has_ended(server) for server in launched.servers):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_valkey_keeps_its_keys_when_it_is_killed(folder: Path) -> None:
    valkey = Valkey(folder, folder / "logs")
    valkey.start()
    try:
        with redis.Redis.from_url(valkey.url()) as client:
            assert client.config_get("appendonly") == {"appendonly": "yes"}
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            client.set("bell", "rung")
        time.sleep(1.2)  # the append-only file is synced every second
        assert valkey.child.process is not None
        valkey.child.process.send_signal(signal.SIGKILL)
        valkey.child.process.wait()
        valkey.start()
        with redis.Redis.from_url(valkey.url()) as client:
            assert client.get("bell") == b"rung"
    finally:
        valkey.stop()


def test_only_the_owner_reaches_the_sockets(folder: Path) -> None:
    postgres, valkey = Postgres(folder, folder / "logs"), Valkey(folder, folder / "logs")
    for sockets in (postgres.sockets, valkey.socket.parent):
        assert sockets.stat().st_mode & 0o077 == 0


def test_a_long_path_has_its_sockets_in_a_short_folder(folder: Path) -> None:
    deep = data_folder(folder / ("long " * 30))
    valkey = Valkey(deep, deep / "logs")
    try:
        valkey.start()
        assert len(str(valkey.socket)) < 100
    finally:
        valkey.stop()
        valkey.socket.unlink(missing_ok=True)
        valkey.socket.parent.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user can enter all of its own folders")
def test_root_starts_in_a_folder_that_is_closed_to_others(folder: Path) -> None:
    folder.parent.chmod(0o700)
    postgres = Postgres(folder, folder / "logs", durable=False)
    try:
        postgres.start()
        assert (folder / "postgres").is_symlink()
        assert postgres.home.is_relative_to(Path(tempfile.gettempdir()).resolve())
        assert folder.stat().st_mode & 0o077 == 0
    finally:
        postgres.stop()
        shutil.rmtree(postgres.home)


def can_run(program: Path, user: pwd.struct_passwd) -> bool:
    try:
        done = subprocess.run([program, "--version"], user=user.pw_uid, group=user.pw_gid, capture_output=True)
    except PermissionError:
        return False
    return done.returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="every other test already runs as an ordinary user")
def test_an_ordinary_user_can_start_both(folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    for path in (folder, folder / "logs"):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    if not can_run(Path(find_program()), nobody):
        pytest.skip("the packages are in a folder that is closed to other users")
    # Root becomes nobody once Python's modules are loaded, since nobody may not be able to read them.
    drop = f"os.setgroups([]); os.setgid({nobody.pw_gid}); os.setuid({nobody.pw_uid})"
    become = f"import os, redis; redis.Redis(); {drop}"
    program = LAUNCHER.replace("\nfolder, tied", f"\n{become}\nfolder, tied")
    program = program.replace("time.sleep(60)", "valkey.stop(); postgres.stop()")
    command = [sys.executable, "-c", program, str(folder), "tied"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
