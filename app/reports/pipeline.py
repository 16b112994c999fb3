"""What becomes of leads: stages, reasons for losing them, how soon they are answered, and when they arrive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.attribution.credit import WHOLE
from app.core.words import gettext as _
from app.follow_up import queries as team
from app.follow_up.models import LostReason
from app.leads import stages
from app.reports import queries, words
from app.reports.breakdown import Breakdown, break_down
from app.reports.figures import RESPONSE_MINUTES
from app.reports.periods import Period
from app.reports.queries import Totals

_LEVELS = 5


@dataclass(frozen=True)
class Hour:
    """A cell of the week: leads as words, and how dark it is, from 0 (none) to 5 (the most)."""

    leads: str
    level: int


@dataclass(frozen=True)
class Pipeline:
    """`median` says within what time half of the answered leads were answered. `week` has a row for each weekday from
    Monday on, with 24 hours."""

    stages: Breakdown
    lost_reasons: Breakdown
    response: Breakdown
    median: str
    unanswered: str
    week: Sequence[Sequence[Hour]]
    click_ids: Breakdown
    caution: str


def pipeline(session: Session, period: Period, *, currency: str) -> Pipeline:
    def ask(dimension: str) -> Mapping[str, Totals]:
        return queries.by_key(session, dimension, period)

    names = {str(stage.id): stage.name for stage in stages.in_order(session)}
    reasons = {str(reason.id): reason.name for reason in session.scalars(select(LostReason))}
    groups = response_words()
    response = ask("response")
    total = queries.total(session, period)
    return Pipeline(
        stages=break_down(
            ask("stage"), currency=currency, label=lambda key: names.get(key, _("A former stage")), order=list(names)
        ),
        lost_reasons=break_down(
            ask("lost_reason"), currency=currency, label=lambda key: reasons.get(key, _("Not said"))
        ),
        response=break_down(response, currency=currency, label=groups.__getitem__, order=list(groups)),
        median=_median(response, groups),
        unanswered=words.leads(response["none"].counts.leads) if "none" in response else "0",
        week=_week(ask("hour")),
        click_ids=break_down(ask("click_id"), currency=currency, label=_click_id_words().__getitem__),
        caution=words.thin(total.counts.leads),
    )


def by_owner(session: Session, period: Period, *, currency: str) -> Breakdown:
    """Who answered for the leads of the period."""
    names = {str(member.user_id): member.name for member in team.members(session)}
    return break_down(
        queries.by_key(session, "owner", period),
        currency=currency,
        label=lambda key: names.get(key, _("Somebody who has left")) if key else _("Nobody"),
    )


def response_words() -> dict[str, str]:
    """The groups of time to an answer, the quickest first."""
    minutes = {str(end): _("within %(count)s minutes", count=end) for end in RESPONSE_MINUTES if end < 60}
    hours = {str(end): _("within %(count)s hours", count=end // 60) for end in RESPONSE_MINUTES if 60 < end < 1440}
    days = {str(end): _("within %(count)s days", count=end // 1440) for end in RESPONSE_MINUTES if end > 1440}
    return {
        **minutes,
        "60": _("within an hour"),
        **hours,
        "1440": _("within a day"),
        **days,
        "later": _("later"),
        "none": _("not yet answered"),
    }


def _median(response: Mapping[str, Totals], groups: Mapping[str, str]) -> str:
    """The group in which the median of the answered leads lies; empty when too few were answered."""
    answered = {key: response[key].counts.leads for key in groups if key in response and key != "none"}
    half, seen = sum(answered.values()) / 2, 0
    if half * 2 < words.THIN * WHOLE:
        return ""
    for key, leads in answered.items():
        seen += leads
        if seen >= half:
            return groups[key]
    return ""


def _week(hours: Mapping[str, Totals]) -> list[list[Hour]]:
    most = max((totals.counts.leads for totals in hours.values()), default=0)

    def cell(number: int) -> Hour:
        leads = hours[str(number)].counts.leads if str(number) in hours else 0
        return Hour(words.leads(leads), -(-_LEVELS * leads // most) if most else 0)

    return [[cell(day * 24 + hour) for hour in range(24)] for day in range(7)]


def _click_id_words() -> dict[str, str]:
    return {
        "gclid": _("Google click id (gclid)"),
        "gbraid": _("Google click id of an app (gbraid)"),
        "wbraid": _("Google click id of a website (wbraid)"),
        "msclkid": _("Microsoft click id (msclkid)"),
        "none": _("No click id"),
    }
