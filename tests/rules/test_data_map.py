"""Every table and column is on the data map: whose it is, what for, how long, and what becomes of it."""

import pytest
from sqlalchemy import Column, MetaData, Table, Text, Uuid

from app.core.data_map import UndeclaredError, archive_columns, data_of, every_column, holds, pack_columns, rule_of
from app.core.db import Base
from app.core.tenancy import CompanyOwned
from app.factory import create_app  # noqa: F401 - loads every model

OWN = {mapper.class_.__tablename__ for mapper in Base.registry.mappers if issubclass(mapper.class_, CompanyOwned)}
COLUMNS = list(every_column(Base.metadata))


def test_each_column_says_what_it_holds() -> None:
    missing = []
    for column in COLUMNS:
        try:
            rule_of(column)
        except UndeclaredError as error:
            missing.append(str(error))
    assert not missing


def test_secrets_leave_the_product_nowhere() -> None:
    secret = {str(column) for column in COLUMNS if rule_of(column).kind == "secret"}
    assert "users.password_hash" in secret
    leaving = {
        str(c) for table in Base.metadata.tables.values() for c in [*archive_columns(table), *pack_columns(table)]
    }
    assert not secret & leaving


def test_what_is_called_a_secret_is_one() -> None:
    unsaid = [
        str(column)
        for column in COLUMNS
        if column.name.startswith("sealed_") or column.name.endswith(("password_hash", "token_hash", "wrapped_key"))
        if rule_of(column).kind != "secret"
    ]
    assert not unsaid, "say holds('secret')"


def test_only_companies_own_tables_are_exported() -> None:
    others = {table.name for table in Base.metadata.tables.values() if table.name not in OWN and archive_columns(table)}
    assert others <= {"companies", "users"}, "an archive cannot know which of these rows are the company's"


def test_nobody_forgets_to_say_it() -> None:
    silent = Table("silent", MetaData(), Column("id", Uuid))
    with pytest.raises(UndeclaredError, match="data_of"):
        rule_of(silent.c.id)
    spoken = {"info": data_of("lead", purpose="leads", keep="lead")["info"]}
    half = Table("half", MetaData(), Column("id", Uuid), Column("nickname", Text), **spoken)
    assert rule_of(half.c.id).kind == "technical"
    with pytest.raises(UndeclaredError, match="nickname"):
        rule_of(half.c.nickname)
    with pytest.raises(UndeclaredError, match="data_words"):
        data_of("lead", purpose="fun", keep="lead")


def test_a_column_brings_along_what_its_class_does() -> None:
    given = {"info": data_of("lead", purpose="leads", keep="lead")["info"]}
    table = Table(
        "t",
        MetaData(),
        Column("name", Text, info=holds("identity")),
        Column("state", Text, info=holds("technical")),
        Column("token", Text, info=holds("secret", in_archive=True, in_pack=True)),
        **given,
    )
    name, state, token = rule_of(table.c.name), rule_of(table.c.state), rule_of(table.c.token)
    assert (name.in_archive, name.in_pack, name.erase, name.anonymise) == (True, True, "delete", "drop")
    assert (state.in_archive, state.in_pack, state.anonymise) == (True, False, "keep")
    assert (token.in_archive, token.in_pack, token.anonymise) == (False, False, "drop")
