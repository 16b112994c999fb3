"""Bringing an archive back into an empty company.

All of it in one transaction, or nothing. What the archive says is taken over as it is, ids included, but for what must
not come to life by an import: connections want a new consent, uploads wait (`on_import` in the data map); people are
not imported, since a file must not let anybody in, so what was theirs is nobody's unless they are here already.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text
from sqlalchemy.orm import Session

from app.core import events
from app.core.data_map import rule_of
from app.core.errors import InvalidInputError
from app.core.events import Actor
from app.core.words import gettext as _
from app.exports import bulk_import
from app.exports.contents import Sheet, parents, sheets
from app.exports.reading import ArchiveReader

NEW = {"*": "new"}
"""The `on_import` of a key that must be the only one of its kind in this installation."""


@dataclass(frozen=True)
class Reference:
    """A column that names a row of a table that is not imported."""

    column: str
    table: str
    pairs: tuple[tuple[str, str], ...]


def import_archive(session: Session, reader: ArchiveReader, actor: Actor = events.LEADER) -> dict[str, int]:
    """Rows taken in for each table. Raises InvalidInputError unless the company is empty, ArchiveError for an archive
    that is not as Leader packed it."""
    restored = [
        sheet for sheet in sheets() if sheet.is_restored and f"data/{sheet.name}.jsonl" in reader.manifest.files
    ]
    bulk_import.without_time_limit(session)
    _make_room(session, restored)
    counts = {}
    for sheet in restored:
        counts[sheet.name] = _take_in(session, reader, sheet)
        if counts[sheet.name] != reader.manifest.tables[sheet.name]:
            raise InvalidInputError(_("This archive does not fit this version of Leader."), reason="count")
    bulk_import.adopt_settings(session, reader.pieces("data/companies.jsonl"), _settings())
    events.record(session, "archive.imported", actor=actor, rows=sum(counts.values()), made_at=reader.manifest.made_at)
    return counts


def references(sheet: Sheet) -> list[Reference]:
    """Columns of the sheet that point to people and others who are not imported."""
    imported = {each.name for each in sheets() if each.is_restored} | {"companies"}
    return [
        Reference(ours, table.name, tuple(pairs))
        for table, pairs in parents(sheet.table)
        if table.name not in imported
        for ours, _theirs in pairs
        if ours != "company_id"
    ]


def _make_room(session: Session, restored: list[Sheet]) -> None:
    """What every new company is given (stages, a website) makes room for what the archive brings. What may not be
    deleted, such as events, stays beside it."""
    if any(bulk_import.has_rows(session, name) for name in ("leads", "connections", "inbox_items")):
        raise InvalidInputError(_("An archive can be taken in only by a company that has no leads and no connections."))
    for sheet in reversed(restored):
        bulk_import.clear_if_allowed(session, sheet.name)


def _take_in(session: Session, reader: ArchiveReader, sheet: Sheet) -> int:
    """A key that is taken here gets a new one: then the piece is read once more."""
    renewed = [column.name for column in sheet.columns if rule_of(column).on_import == NEW]
    try:
        with session.begin_nested():
            return _insert(session, reader, sheet, renewed=[])
    except bulk_import.KeyTakenError:
        if not renewed:
            raise
    return _insert(session, reader, sheet, renewed)


def _insert(session: Session, reader: ArchiveReader, sheet: Sheet, renewed: list[str]) -> int:
    changes: dict[str, Any] = {
        column.name: dict(rule.on_import)
        for column in sheet.columns
        if (rule := rule_of(column)).on_import and rule.on_import != NEW
    }
    names = [column.name for column in sheet.columns]
    pieces = reader.pieces(f"data/{sheet.name}.jsonl")
    return bulk_import.insert_json(session, sheet.name, names, pieces, changes, renewed, references(sheet))


def _settings() -> list[str]:
    """The company's own choices, such as its time zone and currency; its name is already chosen."""
    (company,) = (sheet for sheet in sheets() if sheet.name == "companies")
    return [
        column.name
        for column in company.columns
        if rule_of(column).kind == "business" and isinstance(column.type, Text)
    ]
