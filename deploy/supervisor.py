"""All of Leader on one machine with one command: `python -m deploy.supervisor --port 8000 --data-dir var`.

It starts what DATABASE_URL and REDIS_URL do not already name, brings the schema up to date, seeds the demo
company, starts the programs, and looks after them until it is told to stop. It prints what a person needs to
know; what the programs say goes to DATA_DIR/logs.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import NoReturn

try:
    from deploy import environment, preflight
    from deploy.children import Child
    from deploy.embedded_postgres import LOG_IN, Postgres
    from deploy.embedded_valkey import Valkey
    from deploy.errors import StartError
    from deploy.watch import Watch
except ModuleNotFoundError as missing:
    sys.exit(f"The package {missing.name} is missing: start Leader with make run, which installs what it needs.")

ROOT = Path(__file__).resolve().parent.parent
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi", "leader"]
# The kill timeout is for a web process that is told to stop while it still starts: it misses the signal.
WEB = ["--interface", "wsgi", "--workers", "2", "--blocking-threads", "4", "--http", "1", "--no-ws"]
WEB += ["--workers-kill-timeout", "5"]
# A killed run's servers stop by themselves; its ports are free after at most so many seconds.
PATIENCE_AFTER_KILL = 20


class StopRequested(BaseException):
    """Ctrl-C or a signal: leave whatever is being done and stop in order."""


class Supervisor:
    def __init__(self, port: int, data_dir: Path) -> None:
        self.addresses = environment.Addresses(port)
        self.owns_database = not os.environ.get("DATABASE_URL")
        self.practice = environment.uses_practice_google(os.environ)
        self.data_dir = preflight.data_folder(data_dir)
        self.logs = self.data_dir / "logs"
        self.lock = preflight.RunLock(self.data_dir, self.addresses.web)
        self.watch = Watch()
        self.environment: dict[str, str] = {}

    def run(self) -> None:
        """Start everything and look after it until StopRequested; in any case stop what was started."""
        try:
            self.check()
            self.environment = environment.of_run(os.environ, self.addresses, self.data_dir)
            self.start_servers()
            environment.write(self.data_dir / environment.RUN_FILE, self.contract())
            self.flask("migrate")
            if self.owns_database:
                self.flask("make-log-in", LOG_IN, "--without-password")
            demo = self.seed()
            self.start_programs(demo.get("site_key", ""))
            print(self.welcome(demo), flush=True)
            self.watch.forever()
        finally:
            ignore_signals()
            self.watch.stop()
            (self.data_dir / environment.RUN_FILE).unlink(missing_ok=True)
            self.lock.release()

    def check(self) -> None:
        preflight.disk(self.data_dir)
        patience = PATIENCE_AFTER_KILL if self.lock.earlier_run_was_killed else 0
        preflight.ports(self.addresses.port, preflight.PORTS if self.practice else 1, patience)

    def start_servers(self) -> None:
        """The person's own servers must answer; the others are started."""
        if self.environment.get("DATABASE_URL"):
            preflight.database(self.environment["DATABASE_URL"])
        else:
            postgres = Postgres(self.data_dir, self.logs)
            self.watch.add(postgres.child)
            postgres.start()
            self.environment["MIGRATION_DATABASE_URL"] = postgres.url()
            self.environment["DATABASE_URL"] = postgres.url(role=LOG_IN)
        if self.environment.get("REDIS_URL"):
            preflight.queue(self.environment["REDIS_URL"])
        else:
            valkey = Valkey(self.data_dir, self.logs)
            self.watch.add(valkey.child)
            valkey.start()
            self.environment["REDIS_URL"] = valkey.url()

    def contract(self) -> dict[str, str]:
        """The settings of this run, for other commands: `set -a; . DATA_DIR/leader.env`."""
        prefixes = ("LEADER_", "GOOGLE_", "CONVERSION_", "PRACTICE_", "MAIL_")
        names = {
            "BASE_URL",
            "DATABASE_URL",
            "MIGRATION_DATABASE_URL",
            "REDIS_URL",
            "SECRET_KEY",
            "DATA_DIR",
            "DEMO_SHOP_URL",
        }
        return {name: value for name, value in self.environment.items() if name in names or name.startswith(prefixes)}

    def flask(self, *command: str) -> str:
        """Run a `flask leader` command to its end and return what it printed."""
        log = self.logs / f"{command[0]}.log"
        with log.open("wb") as errors:
            done = subprocess.run(
                [*FLASK, *command],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        if done.returncode != 0:
            said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["it said nothing"]
            raise StartError(f"flask leader {command[0]} did not succeed: {said[-1]} (all of it: {log})")
        return done.stdout.decode()

    def seed(self) -> dict[str, str]:
        """The demo company's sign-in and site key; nothing in production."""
        if not self.practice:
            return {}
        demo: dict[str, str] = json.loads(self.flask("seed-demo").strip().splitlines()[-1])
        return demo

    def start_programs(self, site_key: str) -> None:
        """Start them in this order, and wait for those that answer on a port."""
        if self.practice:
            practice = self.program("practice", "-m", "sandbox", *self.practice_options(site_key))
            practice.wait_until(lambda: answers(self.addresses.google), seconds=120)
        self.program("schedule", *FLASK[1:], "schedule")
        for queue in ("default", "conversions", "capture", "slow"):
            # A worker finishes the job at hand; a conversion's lease is not worth waiting for.
            self.program(f"worker-{queue}", "worker.py", queue, stop_seconds=20)
        port = str(self.addresses.port)
        web = self.program("web", "-m", "granian", *WEB, "--host", "127.0.0.1", "--port", port, "wsgi:app")
        web.wait_until(lambda: answers(f"{self.addresses.web}/readyz"), seconds=180)

    def practice_options(self, site_key: str) -> list[str]:
        port = self.addresses.port
        options = {
            "--port": port + 1,
            "--grpc-port": port + 2,
            "--shop-port": port + 3,
            "--mail-port": port + 4,
            "--data-dir": self.data_dir,
            "--leader-url": self.environment["BASE_URL"],
            "--site-key": site_key,
        }
        if not (self.data_dir / "sandbox").exists():
            options["--speed"] = 600  # at first a verdict comes after seconds, not half an hour; later as it was set
        return [*(str(part) for option in options.items() for part in option), "--quiet"]

    def program(self, name: str, *arguments: str, stop_seconds: float = 10) -> Child:
        child = Child(
            name=name,
            command=[sys.executable, *arguments],
            log=self.logs / f"{name}.log",
            environment=self.environment,
            folder=ROOT,
            stop_seconds=stop_seconds,
        )
        self.watch.add(child)
        child.start()
        return child

    def welcome(self, demo: dict[str, str]) -> str:
        rows = [("Leader", self.environment["BASE_URL"])]
        if demo:
            rows.append(("Sign in", f"{demo['email']}  password  {demo['password']}"))
            rows.append(("Demo shop", self.addresses.shop))
            rows.append(("Practice Google", self.addresses.google))
            rows.append(("Mail", self.addresses.mail_page))
        rows.append(("Data and logs", str(self.data_dir)))
        table = "\n".join(f"  {label:<17}{value}" for label, value in rows)
        return f"\nLeader is running.\n\n{table}\n\nPress Ctrl-C to stop."


def answers(address: str) -> bool:
    """Whether a server is there that does not call itself unable."""
    try:
        with urllib.request.urlopen(address, timeout=5):  # noqa: S310  always http, on this machine
            return True
    except urllib.error.HTTPError as answer:
        return answer.code < 500
    except OSError:
        return False


def stop_on_signals() -> None:
    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        ignore_signals()  # a second Ctrl-C must not cut the orderly stop short
        raise StopRequested

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.supervisor", description="Run Leader on this machine.")
    parser.add_argument("--port", default="8000", help="the web address's port; the next four are used too")
    parser.add_argument("--data-dir", type=Path, default=ROOT / "var", help="where everything is kept")
    given = parser.parse_args()
    stop_on_signals()
    started = time.monotonic()
    try:
        print("Starting Leader ...", flush=True)
        Supervisor(preflight.port_number(given.port), given.data_dir.resolve()).run()
    except StopRequested:
        print(f"\nLeader has stopped after {time.monotonic() - started:.0f} seconds. Your data is kept.")
    except StartError as problem:
        print(problem, file=sys.stderr)
        return 1
    except OSError as problem:
        print(f"{problem.strerror}: {problem.filename or given.data_dir}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
