"""An archive comes back into an empty company as it went, and nothing else comes in."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from app.core import tenancy
from app.core.data_map import archive_columns
from app.core.errors import InvalidInputError
from app.core.signing import signer
from app.exports.contents import sheets
from app.exports.importing import import_archive, references
from app.exports.reading import ArchiveError, ArchiveReader
from tests.exports.conftest import Opened
from tests.fixtures.application import NewSession, Owner
from tests.fixtures.people import Person

Export = Callable[[Person], Opened]
Furnish = Callable[[Person], None]
ARRIVES_OTHERWISE = {"connections": {"state"}}


@pytest.fixture
def take_in(app: Flask, new_session: NewSession) -> Callable[[Person, bytes], None]:
    key = signer(app.extensions["leader"].settings).public_key

    def run(person: Person, content: bytes) -> None:
        with new_session() as session:
            tenancy.serve(session, person.company_id)
            import_archive(session, ArchiveReader(io.BytesIO(content), key))
            session.commit()

    return run


def _comparable(opened: Opened, table: str, besides: set[str]) -> list[tuple[tuple[str, str], ...]]:
    rows = [{key: value for key, value in row.items() if key not in besides} for row in opened.rows(table)]
    return sorted(tuple(sorted((key, repr(value)) for key, value in row.items())) for row in rows)


@pytest.mark.parametrize("is_moved", [True, False], ids=["moved", "copied"])
def test_a_round_trip_changes_nothing(
    alice: Person,
    bob: Person,
    furnish: Furnish,
    export: Export,
    take_in: Callable[[Person, bytes], None],
    owner: Owner,
    is_moved: bool,
) -> None:
    furnish(alice)
    owner.execute("UPDATE companies SET time_zone = 'Asia/Tokyo', currency = 'JPY' WHERE id = %s", (alice.company_id,))
    before = export(alice)
    if is_moved:
        owner.execute("DELETE FROM companies WHERE id = %s", (alice.company_id,))
    take_in(bob, before.content)
    after = export(bob)
    for sheet in sheets():
        if not sheet.is_restored or sheet.name == "events":
            continue
        besides = ARRIVES_OTHERWISE.get(sheet.name, set()) | ({"site_key"} if not is_moved else set())
        assert _comparable(after, sheet.name, besides) == _comparable(before, sheet.name, besides), sheet.name
    were = {row["id"]: row for row in before.rows("events")}
    assert were.items() <= {row["id"]: row for row in after.rows("events")}.items()
    assert [row["state"] for row in after.rows("connections")] == ["needs_reconnect"]
    (company,) = after.rows("companies")
    assert (company["time_zone"], company["currency"], company["name"]) == ("Asia/Tokyo", "JPY", bob.company_name)
    row = owner.execute("SELECT count(DISTINCT site_key), count(*) FROM capture_sources").fetchone()
    assert row
    assert row[0] == row[1]


def test_only_an_empty_company_takes_it_in(
    alice: Person, bob: Person, furnish: Furnish, export: Export, take_in: Callable[[Person, bytes], None]
) -> None:
    opened = export(alice)
    furnish(bob)
    with pytest.raises(InvalidInputError, match="no leads"):
        take_in(bob, opened.content)


def _changed(opened: Opened, name: str, content: bytes | None, extra: str | None = None) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for each in opened.zip.namelist():
            if each != name or content is not None:
                archive.writestr(each, content if each == name and content is not None else opened.zip.read(each))
        if extra:
            archive.writestr(extra, b"x")
    return target.getvalue()


def test_a_changed_archive_is_refused_and_nothing_is_left_of_it(
    alice: Person, bob: Person, furnish: Furnish, export: Export, take_in: Callable[[Person, bytes], None], owner: Owner
) -> None:
    furnish(alice)
    opened = export(alice)
    leads = opened.zip.read("data/leads.jsonl")
    forged = [
        _changed(opened, "data/leads.jsonl", leads.replace(b"Hannah", b"Hamnah")),
        _changed(opened, "data/notes.jsonl", b"{}" * 10_000_000),
        _changed(opened, "data/leads.jsonl", None),
        _changed(opened, "", b"", extra="../../evil"),
        _changed(opened, "manifest.json", opened.zip.read("manifest.json").replace(b"Alice", b"Alina")),
        _changed(opened, "manifest.sig", b"AAAA"),
        _changed(opened, "manifest.sig", None),
        opened.content[:-100],
        b"PK\x03\x04 no archive",
        b"",
    ]
    for content in forged:
        with pytest.raises(ArchiveError):
            take_in(bob, content)
    row = owner.execute("SELECT count(*) FROM leads WHERE company_id = %s", (bob.company_id,)).fetchone()
    assert row == (0,)


def test_the_command(alice: Person, bob: Person, furnish: Furnish, export: Export, app: Flask, tmp_path: Path) -> None:
    furnish(alice)
    file = tmp_path / "archive.zip"
    file.write_bytes(export(alice).content)
    run = app.test_cli_runner().invoke
    assert "Unchanged" in run(args=["leader", "verify-archive", str(file)]).output
    done = run(args=["leader", "import-archive", str(file), "--company", bob.email])
    assert done.exit_code == 0, done.output
    assert "rows of" in done.output
    again = run(args=["leader", "import-archive", str(file), "--company", bob.email])
    assert again.exit_code == 1
    assert "no leads" in again.output
    stranger = run(args=["leader", "verify-archive", str(file), "--public-key", "A" * 43 + "="])
    assert stranger.exit_code == 1


def test_each_table_that_comes_back_can() -> None:
    """A column that the archive does not hold must do without: else say restore=False in data_of."""
    for sheet in sheets():
        if not sheet.is_restored:
            continue
        held = {column.name for column in archive_columns(sheet.table)}
        for column in sheet.table.columns:
            needed = not (column.nullable or column.computed or column.server_default or column.name == "company_id")
            assert column.name in held or not needed, f"{column}"
        for reference in references(sheet):
            assert sheet.table.c[reference.column].nullable, f"{sheet.name}.{reference.column}"
