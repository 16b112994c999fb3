"""Make .venv hold exactly the pinned packages: `python3 deploy/bootstrap.py run|test|lock`.

Standard library only, since it runs before anything is installed. A stamp in .venv remembers what was
installed, so a start with nothing to do costs milliseconds. Every foreseeable failure is one sentence and
exit code 1. The syntax stays readable to Python 3.7: an old Python gets the sentence and not a SyntaxError.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = {"run": "requirements.txt", "test": "requirements-dev.txt"}
# Installing the test set also satisfies a later run: the run set is part of it.
COVERED_BY = {"run": ("run",), "test": ("run", "test")}
OLDEST_PYTHON = (3, 11)
UV = "uv==0.13.9"
NEEDED_MB = {"run": 700, "test": 1200}
NETWORK_SIGNS = ("error sending request", "connection", "resolve", "timed out", "dns error", "unreachable")


class SetUpError(Exception):
    """Set-up cannot go on; the message is the whole sentence for the person at the terminal."""


class Environment:
    """The virtual environment of one folder and the tools that fill it."""

    def __init__(self, root):
        self.root = Path(root)
        self.venv = self.root / ".venv"
        self.tools = self.root / ".tools"
        self.python = self.venv / "bin" / "python"
        self.uv = self.tools / "bin" / "uv"
        self.stamp = self.venv / "leader-stamp.json"
        self.log = self.tools / "bootstrap.log"

    def is_current(self, wanted):
        """Whether the stamp says that this very folder's .venv holds the wanted file's packages."""
        try:
            stamp = json.loads(self.stamp.read_text(encoding="utf-8"))
            current = stamp["folder"] == str(self.venv) and stamp[wanted] == self.digest(wanted)
        except (FileNotFoundError, KeyError, ValueError, TypeError):
            return False
        return current and os.access(str(self.python), os.X_OK)

    def digest(self, wanted):
        return hashlib.sha256((self.root / REQUIREMENTS[wanted]).read_bytes()).hexdigest()

    def write_stamp(self, wanted):
        stamp = {name: self.digest(name) for name in COVERED_BY[wanted]}
        stamp["folder"] = str(self.venv)  # the scripts of a moved or copied .venv point elsewhere
        fresh = self.stamp.with_suffix(".new")
        fresh.write_text(json.dumps(stamp), encoding="utf-8")
        fresh.replace(self.stamp)

    @contextlib.contextmanager
    def alone(self):
        """Two terminals that start at once install one after the other."""
        self.tools.mkdir(exist_ok=True)
        with (self.tools / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def install(self, wanted):
        free_mb = shutil.disk_usage(str(self.root)).free // 2**20
        if free_mb < NEEDED_MB[wanted]:
            needed = f"set-up needs {NEEDED_MB[wanted]} MB and {free_mb} MB are free in {self.root}"
            raise SetUpError(f"The disk is nearly full: {needed}.")
        print(f"Installing the packages of {REQUIREMENTS[wanted]} (at first up to a minute) ...", flush=True)
        if self.stamp.exists():
            self.stamp.unlink()
        self.make_venv()
        python, requirements = str(self.python), str(self.root / REQUIREMENTS[wanted])
        sync = [str(self.uv), "pip", "sync", "--require-hashes", "--python", python, requirements]
        if not (self.get_uv() and self.attempt(sync)):
            # Slower, but pip knows the mirrors and certificates of the machine's own pip configuration.
            install = ["install", "--no-compile", "--require-hashes", "-r", requirements]
            self.must([*self.pip(), "--python", python, *install])
        self.write_stamp(wanted)

    def make_venv(self):
        if not self.belongs_here():
            shutil.rmtree(str(self.venv), ignore_errors=True)
            # Without pip: Debian's Python has no ensurepip unless python3-venv is installed.
            self.must([sys.executable, "-m", "venv", "--without-pip", str(self.venv)])

    def belongs_here(self):
        """Whether .venv works, was made in this folder and is new enough."""
        try:
            made_here = str(self.venv) in (self.venv / "bin" / "activate").read_text(encoding="utf-8")
            check = f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
            return made_here and subprocess.call([str(self.python), "-c", check]) == 0
        except OSError:
            return False

    def get_uv(self):
        if not os.access(str(self.uv), os.X_OK):
            self.attempt([*self.pip(), "install", "--target", str(self.tools), "--upgrade", UV])
        return os.access(str(self.uv), os.X_OK)

    def lock(self):
        """Compile the .in files for every platform and Python; no registry's address is written."""
        if not self.get_uv():
            raise SetUpError(f"uv could not be installed, and it compiles the lock: see {self.log}.")
        reach = ["--universal", "--python-version", "3.11", "--generate-hashes"]
        look = ["--quiet", "--no-header", "--no-annotate", "--no-emit-index-url"]
        for name in ("requirements", "requirements-dev"):
            self.must([str(self.uv), "pip", "compile", *reach, *look, "-o", f"{name}.txt", f"{name}.in"])

    def pip(self):
        if subprocess.call([sys.executable, "-c", "import pip"], stderr=subprocess.DEVNULL) != 0:
            raise SetUpError(f"{sys.executable} lacks pip: install it (Debian: apt-get install python3-pip).")
        return [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]

    def must(self, command):
        if not self.attempt(command):
            raise SetUpError(self.diagnosis())

    def attempt(self, command):
        """Run it with its output in the log, which holds the latest command; whether it succeeded."""
        with self.log.open("w", encoding="utf-8") as log:
            log.write("$ " + " ".join(command) + "\n")
            log.flush()
            streams = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
            return subprocess.call(command, cwd=str(self.root), env=tool_environment(), **streams) == 0

    def diagnosis(self):
        """The log of a failed command, as one sentence."""
        text = self.log.read_text(encoding="utf-8", errors="replace").lower()
        if "no space left" in text:
            return f"The disk became full during set-up in {self.root}: free some space and start again."
        if any(sign in text for sign in NETWORK_SIGNS):
            return f"The package registry was not reached: check the network, start again (see {self.log})."
        return f"The packages could not be installed: see {self.log}."


def tool_environment():
    """The person's environment, less what would lead uv and pip astray."""
    environment = dict(os.environ, UV_PYTHON_DOWNLOADS="never", PYTHONDONTWRITEBYTECODE="")
    environment["PIP_ROOT_USER_ACTION"] = "ignore"
    environment.setdefault("UV_SYSTEM_CERTS", "true")  # offices sign their own certificates
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"):
        environment.pop(name, None)
    if not os.access(os.path.expanduser("~"), os.W_OK):
        environment["UV_NO_CACHE"] = "1"
    return environment


def newer_python():
    """A Python on the PATH that is new enough, where python3 itself is not."""
    for minor in (13, 12, 11, 14):
        found = shutil.which(f"python3.{minor}")
        if found and subprocess.call([found, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            return found
    return None


def set_up(wanted):
    environment = Environment(ROOT)
    if wanted == "lock":
        with environment.alone():
            environment.lock()
    elif not environment.is_current(wanted):
        with environment.alone():
            if not environment.is_current(wanted):
                environment.install(wanted)


def main(wanted):
    if sys.version_info < OLDEST_PYTHON:
        found = newer_python()
        if found:
            os.execv(found, [found, __file__, wanted])
        have = f"{sys.executable} is {sys.version.split()[0]}"
        return fail(f"Leader needs Python 3.11 or newer, and {have}.")
    try:
        set_up(wanted)
    except SetUpError as problem:
        return fail(str(problem))
    except OSError as problem:
        return fail(f"{problem.strerror}: {problem.filename or ROOT} could not be set up.")
    except KeyboardInterrupt:
        return 130
    return 0


def fail(sentence):
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
