"""What goes into an archive, read from the data map: no table is named here, so a new one is exported by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, Table

from app.core.data_map import archive_columns, rule_of, table_rule
from app.core.db import Base


@dataclass(frozen=True)
class Sheet:
    """One table as the archive holds it."""

    table: Table
    columns: tuple[Column[Any], ...]

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def is_restored(self) -> bool:
        """True when an import brings the rows back, not only people's reading."""
        return table_rule(self.table).restore and self.name != "companies"


def sheets() -> list[Sheet]:
    """Every table with something to export, in the order in which an import can fill them."""
    found = [Sheet(table, tuple(archive_columns(table))) for table in Base.metadata.sorted_tables]
    return [sheet for sheet in found if sheet.columns]


def flags(table: Table) -> list[Column[Any]]:
    """The yes-or-no columns that say that a row is demonstration."""
    return [column for column in table.columns if rule_of(column).is_made_up]


def parents(table: Table) -> Iterable[tuple[Table, list[tuple[str, str]]]]:
    """Tables that this one hangs from, with the pairs of columns (ours, theirs) that join them."""
    for constraint in sorted(table.constraints, key=lambda each: str(each.name)):
        if isinstance(constraint, ForeignKeyConstraint) and constraint.referred_table is not table:
            pairs = [(element.parent.name, element.column.name) for element in constraint.elements]
            yield constraint.referred_table, pairs
