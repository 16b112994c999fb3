"""How long recordings are kept: 90 days, unless the owner chooses another time.

A longer time holds at once. A shorter one takes something away, so it is announced: it holds from seven days later, and
can be undone until then.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.calls.models import CallSettings
from app.core import events
from app.core.clock import utc_now
from app.core.errors import InvalidInputError
from app.core.events import Actor
from app.core.words import gettext as _

CHOICES = (7, 30, 90, 180, 365)
NOTICE = timedelta(days=7)


@dataclass(frozen=True)
class Rule:
    """`days` holds from `since`, and `before` until then."""

    days: int = 90
    before: int = 90
    since: datetime | None = None

    def is_announced(self, now: datetime) -> bool:
        return self.since is not None and self.since > now

    def in_force(self, now: datetime) -> int:
        return self.before if self.is_announced(now) else self.days

    def ends_at(self, kept_at: datetime, now: datetime) -> datetime:
        """When a recording that was kept then goes."""
        if self.since is None or not self.is_announced(now):
            return kept_at + timedelta(days=self.days)
        return min(kept_at + timedelta(days=self.before), max(kept_at + timedelta(days=self.days), self.since))


def read(settings: CallSettings | None) -> Rule:
    if settings is None:
        return Rule()
    return Rule(settings.recording_days, settings.recording_days_before, settings.recording_days_from)


def change(session: Session, days: int, *, actor: Actor) -> Rule:
    """Raises InvalidInputError for a time that cannot be chosen, or while calls were never on."""
    if days not in CHOICES:
        raise InvalidInputError(_("Choose one of the times in the list."))
    settings, now = _locked(session), utc_now()
    held = read(settings).in_force(now)
    settings.recording_days_before, settings.recording_days = held, days
    settings.recording_days_from = now if days >= held else now + NOTICE
    session.flush()
    events.record(session, "recordings.retention_changed", actor=actor, days=days)
    return read(settings)


def undo(session: Session, *, actor: Actor) -> Rule:
    """Back to what holds now. Raises InvalidInputError when a change holds already."""
    settings, now = _locked(session), utc_now()
    if not read(settings).is_announced(now):
        raise InvalidInputError(_("There is nothing to undo: the change holds already."))
    settings.recording_days, settings.recording_days_from = settings.recording_days_before, now
    session.flush()
    events.record(session, "recordings.retention_changed", actor=actor, days=settings.recording_days, undone=True)
    return read(settings)


def _locked(session: Session) -> CallSettings:
    settings = session.scalar(select(CallSettings).with_for_update())
    if settings is None:
        raise InvalidInputError(_("Switch calls on first."))
    return settings
