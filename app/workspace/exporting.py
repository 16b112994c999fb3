"""The table as a file: the same leads in the same order, all pages of it, for any spreadsheet."""

import csv
import io
import uuid
from collections.abc import Callable, Iterator, Sequence

from sqlalchemy.orm import Session

from app.attribution.channels import CHANNELS
from app.core import events, spreadsheets, tenancy
from app.core.events import Actor
from app.core.money import CURRENCIES
from app.core.words import gettext as _
from app.core.words import known
from app.fields import shaping
from app.leads import sorting
from app.leads.filters import Asked, Filters
from app.workspace import gates

_MARK = "\ufeff"
"""By which spreadsheets know UTF-8."""


def note(session: Session, asked: Asked, *, actor: Actor) -> None:
    """Record leads.exported, which the security log shows: who took which leads along. What was searched for is not
    kept, since it may be a name."""
    what = {name: value for name, value in asked.arguments().items() if name not in ("q", "notes", "fits")}
    events.record(session, "leads.exported", actor=actor, asked=what)


def pieces(
    new_session: Callable[[], Session], asking: Session, filters: Filters, *, sort: str, time_zone: str
) -> Iterator[str]:
    """The file, piece by piece, read by one cursor in a session of its own, which sees what the asking one sees, and
    ends with the last piece or when the reader goes away."""
    fields = shaping.active(asking)
    heading, channels = _heading([field.name for field in fields]), {name: known(name) for name in CHANNELS}
    order = sorting.parse(sort), [field.id for field in fields]
    serving = tenancy.company_of(asking), tenancy.only_of(asking)
    return _read(new_session, serving, filters, order, heading, channels, time_zone)


def _read(
    new_session: Callable[[], Session],
    serving: tuple[uuid.UUID, uuid.UUID | None],
    filters: Filters,
    order: tuple[str, Sequence[uuid.UUID]],
    heading: str,
    channels: dict[str, str],
    time_zone: str,
) -> Iterator[str]:
    yield _MARK + heading
    session = new_session()
    try:
        tenancy.serve(session, serving[0], only_of=serving[1])
        yield from gates.lines(
            session,
            sort=order[0],
            field_ids=order[1],
            wanted=filters.wanted(),
            is_spam=filters.is_spam,
            channels=channels,
            places={code: places for code, (_sign, places) in CURRENCIES.items()},
            time_zone=time_zone,
        )
    finally:
        session.close()


def _heading(fields: Sequence[str]) -> str:
    out = io.StringIO()
    names = (_("Name"), _("E-mail"), _("Phone"), _("Channel"), _("Source"), _("Stage"), _("Owner"), _("Value"))
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow(
        (*names, _("Currency"), _("Arrived"), *spreadsheets.guarded(fields))
    )
    return out.getvalue()
