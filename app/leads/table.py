"""The table of leads: one page of it, and what arrived since, with the addresses that lead on from there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from app.core.pagination import Position
from app.core.words import gettext as _
from app.core.words import ngettext
from app.leads import filters, queries, rows, stages
from app.leads.gates import LeadRow, StageRow
from app.leads.rows import Row


@dataclass(frozen=True)
class Asked:
    """What an address asks of the table, as it arrived."""

    stage: str = ""
    term: str = ""
    after: str = ""
    since: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "Asked":
        names = {"stage": "stage", "q": "term", "after": "after", "since": "since"}
        return cls(**{field: arguments[name] for name, field in names.items() if name in arguments})


@dataclass(frozen=True)
class Table:
    """A page of the table. Addresses are None where there is nowhere to go.

    `arrivals` is the address that tells what came since; only the first page listens, and not while it is
    searched.
    """

    rows: Sequence[Row]
    stages: tuple[StageRow, ...]
    stage: str
    term: str
    is_filtered: bool
    has_uncounted: bool
    older: str | None
    newest: str | None
    arrivals: str | None


@dataclass(frozen=True)
class Arrivals:
    """New rows for the top of the table, and the address to ask next."""

    rows: Sequence[Row]
    address: str
    words: str


def page(session: Session, asked: Asked, *, time_zone: str, address: str) -> Table:
    """The page that was asked for; `address` is that of the table. Raises InvalidInputError and
    NotFoundError."""
    known = stages.in_order(session)
    chosen = filters.parse(known, stage=asked.stage, term=asked.term)
    after = Position.parse(asked.after)
    found = queries.page(session, chosen, after)
    kept = {"stage": asked.stage, "q": chosen.term}
    listens = after is None and not chosen.term
    since = queries.position_of(found.rows[0]).token() if found.rows else ""
    return Table(
        rows=rows.rows(found.rows, known, time_zone=time_zone, address=address),
        stages=tuple(known),
        stage=asked.stage,
        term=chosen.term,
        is_filtered=bool(chosen),
        has_uncounted=any(lead.is_test or lead.is_demo for lead in found.rows),
        older=_link(address, **kept, after=found.older.token()) if found.older else None,
        newest=_link(address, **kept) if after else None,
        arrivals=_link(f"{address}/arrivals", stage=asked.stage, since=since) if listens else None,
    )


def arrivals(session: Session, asked: Asked, *, time_zone: str, address: str) -> Arrivals | None:
    """What came since, none when nothing did. The stages are read only when there is something to show."""
    known = stages.in_order(session) if asked.stage else None
    chosen = filters.parse(known or (), stage=asked.stage, term="")
    found = queries.arrivals(session, chosen, Position.parse(asked.since))
    if not found:
        return None
    known = known or stages.in_order(session)
    token = queries.position_of(found[0]).token()
    return Arrivals(
        rows=rows.rows(found, known, time_zone=time_zone, address=address),
        address=_link(f"{address}/arrivals", stage=asked.stage, since=token),
        words=_announcement(found),
    )


def _announcement(found: Sequence[LeadRow]) -> str:
    newest = found[0]
    if len(found) > 1:
        return ngettext("%(num)s new lead has arrived.", "%(num)s new leads have arrived.", len(found))
    return _("A new lead has arrived: %(who)s.", who=rows.title(newest.name, newest.email, newest.phone))


def _link(address: str, **arguments: str) -> str:
    """The address with those arguments that say something."""
    query = urlencode({name: value for name, value in arguments.items() if value})
    return f"{address}?{query}" if query else address
