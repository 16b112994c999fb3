"""The table of leads: one page of it, and what arrived since, with the addresses that lead on from there."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.pagination import Position
from app.core.words import gettext as _
from app.core.words import ngettext
from app.leads import chips, filters, headings, queries, rows, sorting, stages
from app.leads.chips import Chip, link
from app.leads.filters import Asked, Filters, Reader
from app.leads.gates import LeadRow, StageRow
from app.leads.headings import Sort
from app.leads.naming import Named
from app.leads.rows import Item
from app.leads.sorting import Place


@dataclass(frozen=True)
class Table:
    """A page of the table. Addresses are None where there is nowhere to go.

    `arrivals` is the address that tells what came since; only the first page listens, and not while it is
    searched or narrowed. `more` is what is asked beside stage and term, and `chips` says it in words.
    """

    rows: Sequence[Item]
    stages: tuple[StageRow, ...]
    time_zone: str
    address: str
    stage: str
    term: str
    more: tuple[tuple[str, str], ...]
    chips: tuple[Chip, ...]
    is_filtered: bool
    has_uncounted: bool
    sorts: tuple[Sort, ...]
    """What orders the table."""
    older: str | None
    newest: str | None
    arrivals: str | None


@dataclass(frozen=True)
class Arrivals:
    """New rows for the top of the table, and the address to ask next."""

    rows: Sequence[Item]
    stages: tuple[StageRow, ...]
    time_zone: str
    table: str
    """The address of the table; `address` is the one to ask next."""
    address: str
    words: str


def page(session: Session, asked: Asked, after: str, reader: Reader, *, address: str) -> Table:
    """The page that was asked for; `address` is that of the table. Raises InvalidInputError and
    NotFoundError."""
    known = stages.in_order(session)
    named = filters.name(session, asked, reader)
    chosen = filters.parse(known, asked, reader, named)
    sort = sorting.parse(asked.sort)
    found = _read(session, chosen, sort, after)
    kept = asked.arguments() | {"q": chosen.term, "sort": sort}
    listens = not after and not sort and not chosen.is_narrow
    since = queries.position_of(found.rows[0]).token() if found.rows else ""
    return Table(
        rows=rows.items(found.rows),
        stages=tuple(known),
        time_zone=reader.time_zone,
        address=address,
        stage=asked.stage,
        term=chosen.term,
        more=tuple((name, value) for name, value in kept.items() if name not in ("stage", "q")),
        chips=chips.of(asked, chosen, named, currency=reader.currency, address=address),
        is_filtered=bool(chosen),
        has_uncounted=any(lead.is_test or lead.is_demo for lead in found.rows),
        sorts=headings.sorts(address, kept, sort),
        older=link(address, **kept, after=found.older.token()) if found.older else None,
        newest=link(address, **kept) if after else None,
        arrivals=link(f"{address}/arrivals", stage=asked.stage, since=since) if listens else None,
    )


@dataclass(frozen=True)
class _Page:
    rows: Sequence[LeadRow]
    older: Position | Place | None


def _read(session: Session, chosen: Filters, sort: str, after: str) -> _Page:
    if sort:
        return _Page(*queries.page_in_order(session, chosen, sort, Place.parse(after, sort)))
    found = queries.page(session, chosen, Position.parse(after))
    return _Page(found.rows, found.older)


def arrivals(session: Session, stage: str, since: str, reader: Reader, *, address: str) -> Arrivals | None:
    """What came since, none when nothing did. The stages are read only when there is something to show."""
    known = stages.in_order(session) if stage else None
    chosen = filters.parse(known or (), Asked(stage=stage), reader, Named())
    found = queries.arrivals(session, chosen, Position.parse(since))
    if not found:
        return None
    known = known or stages.in_order(session)
    token = queries.position_of(found[0]).token()
    return Arrivals(
        rows=rows.items(found),
        stages=tuple(known),
        time_zone=reader.time_zone,
        table=address,
        address=link(f"{address}/arrivals", stage=stage, since=token),
        words=_announcement(found),
    )


def _announcement(found: Sequence[LeadRow]) -> str:
    newest = found[0]
    if len(found) > 1:
        return ngettext("%(num)s new lead has arrived.", "%(num)s new leads have arrived.", len(found))
    return _("A new lead has arrived: %(who)s.", who=rows.title(newest.name, newest.email, newest.phone))
