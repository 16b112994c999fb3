"""Restoring a backup: the database as it was, without what was erased since.

The ledger is read from the database that is being replaced, from the file beside the installation and from the backup;
all that any of them names is erased in the same transaction that makes the keys readable again, before anybody is let
in. People are known by marks whose key is in no backup, so this holds for the oldest backup too. A company whose key is
not kept any more gets a new one and comes back without its stored credentials: it connects Google Ads again.
"""

import json
import shutil
import tarfile
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.backups import gates, programs
from app.backups.gates import Entry, Item, Owner
from app.backups.making import FOLDERS, check
from app.capture import tombstones
from app.core.config import Settings
from app.core.crypto import KeyRing
from app.core.marks import Marker, marker
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
        known, keys, version = gates.ledger(owner), gates.company_keys(owner), gates.server_version(owner)
        gates.make_roles(owner)
    known += read_file(ledger.file(settings))
    programs.run(
        "pg_restore", version, "--clean", "--if-exists", "--no-owner", "--single-transaction", f"--dbname={address}",
        str(folder / "database.dump"),
    )  # fmt: skip
    with gates.connect(address) as owner:
        gates.put_company_keys(owner, {key["company_id"]: key for key in [*_keys(folder), *keys]}.values())
        entries = {entry["id"]: entry for entry in [*gates.ledger(owner), *known]}
        gates.note(owner, entries.values())
        restored = apply(owner, entries.values(), marker(settings), key_ring)
    _unpack(settings.data_dir, folder / "files.tar")
    return restored


def apply(owner: Owner, entries: Iterable[Entry], marks: Marker, key_ring: KeyRing) -> Restored:
    """Erase again whatever the ledger names."""
    kinds: dict[str, list[Entry]] = {"company": [], "lead": [], "user": []}
    for entry in entries:
        kinds[entry["kind"]].append(entry)
    companies = sum(gates.erase_company(owner, entry["subject_id"]) for entry in kinds["company"])
    leads = sum(_erase_lead(owner, entry["of_company"], entry["subject_id"], marks) for entry in kinds["lead"])
    leads += _erase_marked(owner, kinds["lead"], marks)
    people = sum(gates.erase_user(owner, entry["subject_id"]) for entry in kinds["user"])
    for company_id, until in _latest([*kinds["lead"], *kinds["user"]]).items():
        gates.end_exports(owner, company_id, until)
    return Restored(companies, leads, people, gates.give_new_keys(owner, key_ring))


def read_file(path: Path) -> list[Entry]:
    """The entries of a ledger file; none where there is no file."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _erase_marked(owner: Owner, entries: Iterable[Entry], marks: Marker) -> int:
    """The same people under other ids, from before their erasure. Each lead is looked at once."""
    until: dict[str, dict[str, str]] = defaultdict(dict)
    for entry in sorted(entries, key=lambda entry: str(entry["erased_at"])):
        until[entry["of_company"]] |= dict.fromkeys(entry["marks"], entry["erased_at"])
    erased = 0
    for company_id, known in until.items():
        if not known:
            continue
        for lead_id, email, phone, created_at in gates.people_of(owner, company_id):
            own = ledger.marks(marks, uuid.UUID(company_id), email, phone)
            if any(created_at <= datetime.fromisoformat(known[mark]) for mark in own if mark in known):
                erased += _erase_lead(owner, company_id, str(lead_id), marks)
    return erased


def _erase_lead(owner: Owner, company_id: str, lead_id: str, marks: Marker) -> int:
    """What it came from stays as a tombstone, so that a repeated sending brings nothing back."""

    def mark_of(item: Item) -> str:
        return tombstones.mark_of(uuid.UUID(company_id), *item, marks)

    return gates.erase_lead(owner, company_id, lead_id, mark_of)


def _latest(entries: Iterable[Entry]) -> dict[str, str]:
    """When somebody of each company was erased last."""
    return {entry["of_company"]: entry["erased_at"] for entry in sorted(entries, key=lambda each: each["erased_at"])}


def _keys(folder: Path) -> list[dict[str, object]]:
    path = folder.parent / "keys" / f"{folder.name}.json"
    return list(json.loads(path.read_text())) if path.exists() else []


def _unpack(data_dir: Path, archive: Path) -> None:
    """The files as they were. Those whose row the ledger took out go with the next sweep of their feature."""
    for name in FOLDERS:
        shutil.rmtree(data_dir / name, ignore_errors=True)
    with tarfile.open(archive) as files:
        files.extractall(data_dir, filter="data")
