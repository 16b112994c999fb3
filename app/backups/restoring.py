"""Restoring a backup: the database as it was, without what was erased since.

The ledger is read from the database that is being replaced, from the file beside the installation and from the backup;
all that any of them names is erased in the same transaction that makes the keys readable again, before anybody is let
in. A company whose key file is too old comes back without its stored credentials: it connects Google Ads again.
"""

import json
import shutil
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.backups import gates, programs
from app.backups.gates import Entry, Owner
from app.backups.making import FOLDERS, check
from app.core.config import Settings
from app.core.crypto import KeyRing, SealError
from app.privacy import ledger


@dataclass(frozen=True)
class Restored:
    """What the ledger took out again."""

    companies: int
    leads: int
    people: int
    without_key: int
    """Companies whose key was not kept long enough."""


def restore(settings: Settings, folder: Path, key_ring: KeyRing) -> Restored:
    """Replace the database and the files by the backup's. Raises PermanentError before anything is touched."""
    check(folder)
    address = programs.libpq_url(settings.migration_database_url or settings.database_url)
    with gates.connect(address) as owner:
        known, version = gates.ledger(owner), gates.server_version(owner)
        gates.make_roles(owner)
    known += read_file(ledger.file(settings))
    programs.run(
        "pg_restore", version, "--clean", "--if-exists", "--no-owner", "--single-transaction", f"--dbname={address}",
        str(folder / "database.dump"),
    )  # fmt: skip
    with gates.connect(address) as owner:
        gates.put_company_keys(owner, _keys(folder))
        entries = {entry["id"]: entry for entry in [*gates.ledger(owner), *known]}
        gates.note(owner, entries.values())
        restored = apply(owner, entries.values(), key_ring)
    _unpack(settings.data_dir, folder / "files.tar")
    return restored


def apply(owner: Owner, entries: Iterable[Entry], key_ring: KeyRing) -> Restored:
    """Erase again whatever the ledger names."""
    kinds: dict[str, list[Entry]] = {"company": [], "lead": [], "user": []}
    for entry in entries:
        kinds[entry["kind"]].append(entry)
    companies = sum(gates.erase_company(owner, entry["subject_id"]) for entry in kinds["company"])
    leads = sum(gates.erase_lead(owner, entry["of_company"], entry["subject_id"]) for entry in kinds["lead"])
    leads += sum(_erase_marked(owner, entry, key_ring) for entry in kinds["lead"] if entry["marks"])
    people = sum(gates.erase_user(owner, entry["subject_id"]) for entry in kinds["user"])
    for entry in [*kinds["lead"], *kinds["user"]]:
        gates.end_exports(owner, entry["of_company"], entry["erased_at"])
    row = owner.execute(
        "SELECT count(*) FROM companies c WHERE NOT EXISTS (SELECT 1 FROM company_keys k WHERE k.company_id = c.id)"
    ).fetchone()
    return Restored(companies, leads, people, int(row[0]) if row else 0)


def read_file(path: Path) -> list[Entry]:
    """The entries of a ledger file; none where there is no file."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _erase_marked(owner: Owner, entry: Entry, key_ring: KeyRing) -> int:
    """The same person under another id, from before the erasure."""
    wrapped = gates.wrapped_key(owner, entry["of_company"])
    if wrapped is None:
        return 0
    try:
        box = key_ring.open_box(wrapped)
    except SealError:
        return 0
    known = set(entry["marks"])
    found = [
        lead_id
        for lead_id, email, phone in gates.people_of(owner, entry["of_company"], entry["erased_at"])
        if known & set(ledger.marks(box, email=email, phone_e164=phone))
    ]
    return sum(gates.erase_lead(owner, entry["of_company"], str(lead_id)) for lead_id in found)


def _keys(folder: Path) -> list[dict[str, object]]:
    path = folder.parent / "keys" / f"{folder.name}.json"
    return list(json.loads(path.read_text())) if path.exists() else []


def _unpack(data_dir: Path, archive: Path) -> None:
    """The files as they were. Those whose row the ledger took out go with the next sweep of their feature."""
    for name in FOLDERS:
        shutil.rmtree(data_dir / name, ignore_errors=True)
    with tarfile.open(archive) as files:
        files.extractall(data_dir, filter="data")
