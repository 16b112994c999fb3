"""Whoever reads what is held of them reads words, not the names of columns."""

from sqlalchemy import Uuid

from app.core.data_map import pack_columns, rule_of, table_rule
from app.core.db import Base
from app.core.record_words import COLUMNS, TABLES
from app.factory import create_app  # noqa: F401 - loads every model


def test_every_value_that_a_person_may_read_has_a_name_in_words() -> None:
    nameless = set()
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            is_shown = column in pack_columns(table) or rule_of(column).in_pack
            if is_shown and table_rule(table).about in ("lead", "member") and not isinstance(column.type, Uuid):
                nameless |= {
                    name for name, words in ((table.name, TABLES), (column.name, COLUMNS)) if name not in words
                }
    assert not nameless
