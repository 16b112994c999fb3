"""The rules of retention: what a company chose, since when it holds, and when something ends by it."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import events
from app.core.clock import utc_now
from app.core.errors import InvalidInputError
from app.core.events import Actor
from app.core.words import gettext as _
from app.retention.models import RetentionRule

DataClass = Literal["leads", "messages"]
CHOICES: dict[str, tuple[int, ...]] = {"leads": (6, 12, 24, 36, 60), "messages": (1, 3, 12)}
"""Months that can be chosen."""
NOTICE = timedelta(days=7)
"""So long a change waits, and can be undone."""


@dataclass(frozen=True)
class Rule:
    """What holds for a kind of data. `months` is none where nothing ends by itself."""

    data_class: DataClass
    months: int | None = None
    effective_at: datetime | None = None
    is_announced: bool = False
    """Changed lately: it does not hold yet, and can be undone."""
    changed_by_name: str = ""


def ends_at(last_active_at: datetime, rule: Rule) -> datetime | None:
    """When something ends that was last active then; none where nothing ends. Never before the rule holds."""
    if rule.months is None or rule.effective_at is None:
        return None
    return max(months_later(last_active_at, rule.months), rule.effective_at)


def active_since(now: datetime, months: int) -> datetime:
    """What was last active before this ends."""
    return months_later(now, -months)


def months_later(at: datetime, months: int) -> datetime:
    """The same day and time so many months later (or earlier), or the month's last day where it has no such day."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


def read(session: Session) -> dict[str, Rule]:
    """The served company's rules, by kind of data."""
    now = utc_now()
    found = {
        row.data_class: Rule(
            row.data_class,  # type: ignore[arg-type] # the database lets in no other
            row.months,
            row.effective_at,
            row.effective_at > now,
            row.changed_by_name,
        )
        for row in session.scalars(select(RetentionRule))
    }
    return {name: found.get(name, Rule(name)) for name in get_args(DataClass)}


def change(session: Session, data_class: str, months: int | None, *, actor: Actor) -> None:
    """Announce a change. Raises InvalidInputError for what cannot be chosen."""
    if data_class not in CHOICES or (months is not None and months not in CHOICES[data_class]):
        raise InvalidInputError(_("Choose one of the times in the list."))
    now, row = utc_now(), _row(session, data_class)
    if row is None:
        row = RetentionRule(data_class=data_class, months=None, effective_at=now)
        session.add(row)
    elif row.months == months:
        return
    # What was announced and does not hold yet is no measure: two changes in a row must not shorten the notice.
    in_force = row.months_before if row.effective_at > now else row.months
    row.months_before, row.months = in_force, months
    # Keeping things as long as now or longer takes nothing away, so it needs no notice.
    takes_nothing = months is None or (in_force is not None and months >= in_force)
    row.effective_at = now if takes_nothing else now + NOTICE
    row.changed_by_name = actor.name
    session.flush()
    events.record(session, "retention.changed", actor=actor, data_class=data_class, months=months)


def undo(session: Session, data_class: str, *, actor: Actor) -> None:
    """Back to what it was before. Raises InvalidInputError when the change holds already."""
    row = _row(session, data_class)
    if row is None or row.effective_at <= utc_now():
        raise InvalidInputError(_("There is nothing to undo: the change holds already."))
    row.months, row.months_before = row.months_before, None
    row.effective_at = utc_now()
    events.record(session, "retention.changed", actor=actor, data_class=data_class, months=row.months, undone=True)


def parse_months(text: str) -> int | None:
    """Months as a form sends them; empty for "keep". Raises InvalidInputError."""
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 3:
        raise InvalidInputError(_("Choose one of the times in the list."))
    return int(text)


def _row(session: Session, data_class: str) -> RetentionRule | None:
    return session.scalar(select(RetentionRule).where(RetentionRule.data_class == data_class).with_for_update())
