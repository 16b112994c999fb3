"""The record of processing (GDPR, Article 30) and the policy's tables, generated from the data map."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import LazyString

from app.core.data_map import KEEPS, PURPOSES, rule_of, table_rule
from app.core.data_words import KINDS, WHOSE
from app.core.db import Base

_IN_PUBLIC = ("lead", "visitor", "member", "company")


@dataclass(frozen=True)
class Line:
    """One purpose for one group of people: what is held for it, and how long."""

    whose: LazyString
    purpose: LazyString
    kinds: list[LazyString]
    keeps: list[LazyString]
    tables: list[str]


def lines(groups: Iterable[str] = _IN_PUBLIC) -> list[Line]:
    """Every purpose of these groups, in the order of the words' tables."""
    columns: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for table in Base.metadata.sorted_tables:
        rule = table_rule(table)
        for column in map(rule_of, table.columns):
            columns.setdefault((rule.about, rule.purpose), []).append((column.kind, column.keep, table.name))
    return [
        _line(whose, purpose, columns[(whose, purpose)])
        for whose in WHOSE
        for purpose in PURPOSES
        if whose in groups and (whose, purpose) in columns
    ]


def _line(whose: str, purpose: str, columns: list[tuple[str, str, str]]) -> Line:
    kinds, keeps, tables = ({column[part] for column in columns} for part in range(3))
    return Line(
        whose=WHOSE[whose],
        purpose=PURPOSES[purpose],
        kinds=[KINDS[kind] for kind in KINDS if kind in kinds],
        keeps=[KEEPS[keep].words for keep in KEEPS if keep in keeps],
        tables=sorted(tables),
    )
