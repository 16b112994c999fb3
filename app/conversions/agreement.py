"""Google's count of a day beside Leader's own, and why they differ. Pure rules, in plain words."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.core.words import gettext as _
from app.core.words import ngettext

LAG = timedelta(days=1)
"""So far back Google's summary may not be complete yet."""


@dataclass(frozen=True)
class Ours:
    """What Leader did on a day. `again`: sendings beyond the first; `refused`: before they came into Google's list;
    `by_file`: what a member said to have uploaded by hand."""

    sent: int = 0
    accepted: int = 0
    not_counted: int = 0
    waiting: int = 0
    again: int = 0
    refused: int = 0
    by_file: int = 0


@dataclass(frozen=True)
class Theirs:
    """What Google says of the day."""

    successful: int = 0
    failed: int = 0
    pending: int = 0

    @property
    def total(self) -> int:
        return self.successful + self.failed + self.pending


def explain(day: date, ours: Ours, theirs: Theirs, today: date) -> list[str]:
    """Each difference as a sentence; none when both say the same."""
    told = []
    if theirs.pending:
        told.append(ngettext("Google still works on %(num)s.", "Google still works on %(num)s.", theirs.pending))
    if ours.again:
        told.append(
            ngettext(
                "%(num)s was sent a second time after the line was cut. Google lists each sending, and counts once.",
                "%(num)s were sent a second time after the line was cut. Google lists each sending, and counts once.",
                ours.again,
            )
        )
    told += _number(theirs.total - ours.sent - ours.again, ours, is_fresh=today - day <= LAG)
    if ours.refused:
        told.append(
            ngettext(
                "%(num)s was refused at once and never came into Google’s list. Its receipt says why.",
                "%(num)s were refused at once and never came into Google’s list. Their receipts say why.",
                ours.refused,
            )
        )
    is_settled = not (theirs.pending or ours.waiting or ours.again) and theirs.total == ours.sent
    if is_settled and theirs.failed != ours.not_counted:
        told.append(
            _("Google’s summary and its single answers call different ones failed. Receipts show the single answers.")
        )
    return told


def _number(surplus: int, ours: Ours, *, is_fresh: bool) -> list[str]:
    """Why Google lists more or fewer than Leader sent."""
    if surplus > 0:
        by_file = min(surplus, ours.by_file)
        rest = surplus - by_file
        told = [ngettext("%(num)s was uploaded as a file.", "%(num)s were uploaded as a file.", by_file)] * bool(
            by_file
        )
        words = ngettext(
            "%(num)s more than Leader sent: another tool or person uploads to this account too.",
            "%(num)s more than Leader sent: another tool or person uploads to this account too.",
            rest,
        )
        return [*told, words] if rest else told
    if surplus < 0 and is_fresh:
        return [
            ngettext(
                "%(num)s is not in Google’s list yet: the list is up to a day behind.",
                "%(num)s are not in Google’s list yet: the list is up to a day behind.",
                -surplus,
            )
        ]
    if surplus < 0:
        return [
            ngettext(
                "%(num)s that Leader sent is missing in Google’s list. Look at the receipts of that day.",
                "%(num)s that Leader sent are missing in Google’s list. Look at the receipts of that day.",
                -surplus,
            )
        ]
    return []
