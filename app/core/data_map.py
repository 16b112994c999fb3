"""The data map: what each column holds, whose it is, what for, how long, and what becomes of it.

It is declared where the column is declared. The table says what its columns have in common, as the last of its
`__table_args__`; the column says what it holds, and only where it differs from what its class brings along more:

    class Note(CompanyOwned, Base):
        __tablename__ = "notes"
        __table_args__ = (…, data_of("lead", purpose="leads", keep="lead"))

        author_name: Mapped[str] = mapped_column(info=holds("identity", in_pack=False))
        body: Mapped[str] = mapped_column(info=holds("content"))
        created_at: Mapped[datetime] = mapped_column(default=utc_now)      # a time: takes the table's rules

    class ApiKey(CompanyOwned, Base):
        __tablename__ = "api_keys"
        __table_args__ = (data_of("company", purpose="service", keep="account", restore=False),)

        label: Mapped[str] = mapped_column(info=holds("business"))
        key_hash: Mapped[bytes] = mapped_column(info=holds("secret"))       # a secret is never exported

Ids, times, numbers and yes-or-no columns take the table's class. Text, JSON and bytes must name theirs, since nobody
else can know what people write there. `tests/rules/test_data_map.py` fails for a column without a rule; the archive,
the subject pack, erasing, anonymising, the record of processing and the policy's tables all read this map.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from sqlalchemy import ARRAY, JSON, Column, DateTime, LargeBinary, MetaData, String, Table
from sqlalchemy.types import TypeDecorator

from app.core.data_words import KEEPS as KEEPS
from app.core.data_words import PURPOSES as PURPOSES

Kind = Literal["identity", "contact", "content", "tracking", "business", "technical", "secret", "security log"]
"""identity: who somebody is · contact: how to reach them · content: what people wrote · tracking: what tells a device,
a visit or a click apart · business: what the company decided · technical: keys and states · secret: opens something ·
security log: who did what, when and from where."""

Whose = Literal["lead", "member", "visitor", "company", "staff", "nobody"]
Erase = Literal["delete", "clear", "keep"]
"""On erasing one lead: the row goes, the value is emptied, or nothing happens."""
Anonymise = Literal["drop", "coarsen", "keep"]
AtEnd = Literal["delete", "keep"]
"""When the account ends. Only proof without personal data may stay."""

_KEY = "data"
_PACKED = frozenset({"identity", "contact", "content", "tracking", "business", "security log"})
_DROPPED = frozenset({"identity", "contact", "content", "tracking", "secret"})
_MUST_SAY = (String, JSON, LargeBinary, ARRAY)
T = TypeVar("T")


class UndeclaredError(LookupError):
    """A table or column is not on the map. The message says what to add."""


@dataclass(frozen=True)
class TableRule:
    """What all columns of a table have in common."""

    about: Whose
    purpose: str
    keep: str
    kind: Kind
    in_archive: bool
    erase: Erase
    at_end: AtEnd
    restore: bool
    """False: an archive carries the rows for people to read, and an import leaves them out."""


@dataclass(frozen=True)
class ColumnRule:
    """All that is said about one column; `Kind`, `Erase` and the others explain the values."""

    kind: Kind
    about: Whose
    purpose: str
    keep: str
    in_archive: bool
    in_pack: bool
    """Shown to the person it is about: the lead who asks, or the member."""
    erase: Erase
    anonymise: Anonymise
    at_end: AtEnd
    on_import: Mapping[str, str]
    """Values that become others when an archive is imported, so that nothing is in use or sent by an import.
    `{"*": "new"}`: a new random key if the value is taken."""
    is_made_up: bool
    """A yes-or-no column: the row, and all that hangs from it, is demonstration and never leaves the product."""


def data_of(
    about: Whose,
    *,
    purpose: str,
    keep: str,
    kind: Kind = "technical",
    in_archive: bool = True,
    erase: Erase | None = None,
    at_end: AtEnd = "delete",
    restore: bool = True,
) -> dict[str, Any]:
    """The last of `__table_args__`. `purpose` and `keep` are keys of `app/core/data_words.py`: add yours there.

    Rows about a lead go when it is erased, unless `erase` says otherwise.
    """
    if purpose not in PURPOSES or keep not in KEEPS:
        raise UndeclaredError(f"{purpose!r} or {keep!r} is not in app/core/data_words.py: add it there, in plain words")
    goes = erase or ("delete" if about == "lead" else "keep")
    rule = TableRule(about, purpose, keep, kind, in_archive, goes, at_end, restore)
    return {"info": {_KEY: rule}}


def holds(
    kind: Kind,
    *,
    in_archive: bool | None = None,
    in_pack: bool | None = None,
    erase: Erase | None = None,
    anonymise: Anonymise | None = None,
    keep: str | None = None,
    on_import: Mapping[str, str] | None = None,
    is_made_up: bool = False,
) -> dict[str, Any]:
    """The `info` of a column: its class, and where it differs from what the class and the table bring along."""
    return {
        _KEY: {
            "kind": kind,
            "in_archive": in_archive,
            "in_pack": in_pack,
            "erase": erase,
            "anonymise": anonymise,
            "keep": keep,
            "on_import": on_import or {},
            "is_made_up": is_made_up,
        }
    }


def table_rule(table: Table) -> TableRule:
    """Raises UndeclaredError."""
    rule = table.info.get(_KEY)
    if not isinstance(rule, TableRule):
        raise UndeclaredError(f"{table.name}: end its __table_args__ with data_of(…), see app/core/data_map.py")
    return rule


def rule_of(column: Column[Any]) -> ColumnRule:
    """Raises UndeclaredError."""
    table = table_rule(column.table)
    said: Mapping[str, Any] = column.info.get(_KEY, {})
    if not said and _says_nothing_by_itself(column):
        raise UndeclaredError(f"{column}: say what it holds, info=holds(…), see app/core/data_map.py")
    kind: Kind = said.get("kind", table.kind)
    is_secret = kind == "secret"
    return ColumnRule(
        kind=kind,
        about=table.about,
        purpose=table.purpose,
        keep=said.get("keep") or table.keep,
        in_archive=not is_secret and _first(said.get("in_archive"), table.in_archive),
        in_pack=not is_secret
        and _first(said.get("in_pack"), table.about in ("lead", "member", "visitor") and kind in _PACKED),
        erase=said.get("erase") or table.erase,
        anonymise=said.get("anonymise") or _anonymise(column, kind),
        at_end=table.at_end,
        on_import=said.get("on_import", {}),
        is_made_up=said.get("is_made_up", False),
    )


def archive_columns(table: Table) -> list[Column[Any]]:
    """The columns that an export archive holds, in the order of the table; none if the table is not exported.

    The company's own id is left out: the manifest names the company, and an import gives the rows another.
    """
    return [column for column in table.columns if column.name != "company_id" and rule_of(column).in_archive]


def pack_columns(table: Table) -> list[Column[Any]]:
    """The columns that the person concerned gets to see."""
    return [column for column in table.columns if rule_of(column).in_pack]


def every_column(metadata: MetaData) -> Iterable[Column[Any]]:
    """Each column of the product, tables in the order in which they may be filled."""
    for table in metadata.sorted_tables:
        yield from table.columns


def _anonymise(column: Column[Any], kind: Kind) -> Anonymise:
    """By security rule a time that is kept never tells the second."""
    if kind in _DROPPED:
        return "drop"
    return "coarsen" if isinstance(_plain(column), DateTime) else "keep"


def _says_nothing_by_itself(column: Column[Any]) -> bool:
    return isinstance(_plain(column), _MUST_SAY)


def _plain(column: Column[Any]) -> object:
    return column.type.impl if isinstance(column.type, TypeDecorator) else column.type


def _first(said: T | None, otherwise: T) -> T:
    return otherwise if said is None else said
