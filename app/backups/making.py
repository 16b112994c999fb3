"""Making a backup: one folder with the database, the files, and a manifest; the companies' keys lie apart.

    DIR/2026-11-24T120000Z/database.dump · files.tar · manifest.json
    DIR/keys/2026-11-24T120000Z.json

1. The dump holds no company's key. Keys are kept for KEY_DAYS only, so that a key that was destroyed opens nothing in
   an older backup any more.
2. A folder appears under its name when it is whole.
3. What is older than BACKUP_DAYS goes with the next backup: that is what certificates promise.
"""

import hashlib
import json
import os
import shutil
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.backups import gates, programs
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.errors import PermanentError

KEY_DAYS = 7
FOLDERS = ("exports", "files")
"""Folders of DATA_DIR that hold what companies made; everything else there is made anew."""
_STAMP = "%Y-%m-%dT%H%M%SZ"


def make(settings: Settings, target: Path) -> Path:
    """Make a backup in `target` and forget old ones; the new folder. Raises PermanentError."""
    now = utc_now()
    stamp, address = now.strftime(_STAMP), programs.libpq_url(settings.migration_database_url or settings.database_url)
    target.mkdir(parents=True, exist_ok=True)
    unfinished = target / f".{stamp}"
    unfinished.mkdir(mode=0o700)
    with gates.connect(address) as owner:
        if not gates.sees_everything(owner):
            raise PermanentError("The log-in that makes backups must be a superuser or have BYPASSRLS.")
        keys, version = gates.company_keys(owner), gates.server_version(owner)
    dump = unfinished / "database.dump"
    programs.run(
        "pg_dump",
        version,
        "--format=custom",
        "--no-owner",
        "--exclude-table-data=company_keys",
        f"--file={dump}",
        address,
    )
    _pack(settings.data_dir, unfinished / "files.tar")
    _write_keys(target / "keys" / f"{stamp}.json", keys)
    _write_manifest(unfinished, now)
    done = target / stamp
    unfinished.rename(done)
    forget_old(target, now, settings.backup_days)
    return done


def forget_old(target: Path, now: datetime, days: int) -> None:
    """Delete backups and keys whose days are over, and what a killed run left behind."""
    for path in target.iterdir():
        made = _made_at(path.name.lstrip("."))
        is_left_over = path.name.startswith(".") and made and made < now - timedelta(days=1)
        if made and (made < now - timedelta(days=days) or is_left_over):
            shutil.rmtree(path)
    for path in (target / "keys").glob("*.json"):
        made = _made_at(path.stem)
        if made and made < now - timedelta(days=KEY_DAYS):
            path.unlink()


def check(folder: Path) -> None:
    """Raises PermanentError when a file of the backup is missing or was changed."""
    try:
        listed = json.loads((folder / "manifest.json").read_text())["files"]
        broken = [name for name, digest in listed.items() if _digest(folder / name) != digest]
    except (OSError, ValueError, KeyError) as error:
        raise PermanentError(f"This is no whole backup: {error}", reason="no_backup") from None
    if broken:
        raise PermanentError(f"Changed since the backup was made: {', '.join(broken)}", reason="changed")


def _pack(data_dir: Path, target: Path) -> None:
    with tarfile.open(target, "w") as archive:
        for name in FOLDERS:
            if (data_dir / name).is_dir():
                archive.add(data_dir / name, arcname=name)


def _write_keys(path: Path, keys: list[dict[str, object]]) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(keys, file)


def _write_manifest(folder: Path, now: datetime) -> None:
    files = {path.name: _digest(path) for path in sorted(folder.iterdir())}
    (folder / "manifest.json").write_text(json.dumps({"made_at": now.isoformat(), "files": files}, indent=1))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _made_at(name: str) -> datetime | None:
    try:
        return datetime.strptime(name, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
