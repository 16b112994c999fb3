"""The headings of the table as ways to order it: a first press the usual way round, a second the other way."""

from collections.abc import Mapping
from typing import NamedTuple

from app.leads.chips import link

_FIRST = {"name": "name", "stage": "stage", "owner": "owner", "value": "-value", "activity": "-activity", "arrival": ""}
"""How each column is ordered at the first press. The newest lead comes first by itself."""
_OTHER = {"arrival": "arrival"}


class Sort(NamedTuple):
    """A column, the address that orders by a column, and how the column is ordered now, as aria-sort says it."""

    column: str
    href: str
    aria: str


def sorts(address: str, kept: Mapping[str, str], sort: str) -> tuple[Sort, ...]:
    """One for each column that orders the table."""
    found = []
    for column, first in _FIRST.items():
        is_now = sort.removeprefix("-") == column or (column == "arrival" and not sort)
        turned = _OTHER.get(column) or (first[1:] if first.startswith("-") else f"-{first}")
        wanted = turned if sort == first else first
        is_rising = not sort.startswith("-") and bool(sort)
        aria = ("ascending" if is_rising else "descending") if is_now else ""
        found.append(Sort(column, link(address, **{**kept, "sort": wanted}), aria))
    return tuple(found)
