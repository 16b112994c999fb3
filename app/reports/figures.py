"""Counting one lead: which questions it answers, under which key, with how much credit.

Pure: takes what is known of the lead and its touches, gives figures. The sums over a day's leads are what the table of
daily figures holds; a lead's own figures sum to exactly one lead and to exactly its value, in every model.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from app.attribution.credit import MODELS, WHOLE, Touched, apportion, shares

CREDITED = ("channel", "source", "campaign", "ad_group", "keyword", "landing_page")
"""Questions about touches: the answer depends on the attribution model."""

EVERY_MODEL = "*"
_KEY_CHARACTERS = 200
_CLICK_IDS = ("gclid", "gbraid", "wbraid", "msclkid")
RESPONSE_MINUTES = (5, 15, 30, 60, 120, 240, 480, 1440, 2880, 4320, 10080)
"""The upper ends of the groups of time to an answer; beyond the last it is "later"."""


class Cell(NamedTuple):
    """Where a figure stands."""

    dimension: str
    model: str
    key: str
    currency: str


@dataclass(slots=True)
class Sums:
    """Millionths of leads, and minor units of money."""

    leads: int = 0
    quotable: int = 0
    won: int = 0
    lost: int = 0
    answered: int = 0
    value_minor: int = 0

    def add(self, other: "Sums") -> None:
        self.leads += other.leads
        self.quotable += other.quotable
        self.won += other.won
        self.lost += other.lost
        self.answered += other.answered
        self.value_minor += other.value_minor


class Click(NamedTuple):
    """An ad click by the advertiser's own names."""

    campaign: str
    ad_group: str
    keyword: str


@dataclass(frozen=True, slots=True)
class Touch:
    """A touchpoint as it is counted."""

    channel: str
    at: datetime
    landing_page: str = ""
    referrer: str = ""
    utm: Mapping[str, str] = field(default_factory=dict)
    click_ids: Mapping[str, str] = field(default_factory=dict)
    click: Click | None = None
    """What the ad platform told about the click: believed before what the address says."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A lead as it is counted. `stage_kind` is new, open, won or lost."""

    created_at: datetime
    channel: str
    currency: str
    value_minor: int
    stage: str
    stage_kind: str
    quotable: str
    answered_at: datetime | None
    owner: str = ""
    lost_reason: str = ""
    touches: Sequence[Touch] = ()


def sum_up(leads: Iterable[Counted], zone: ZoneInfo) -> dict[Cell, Sums]:
    """The figures of these leads together."""
    totals: dict[Cell, Sums] = defaultdict(Sums)
    for lead in leads:
        for cell, sums in of_lead(lead, zone):
            totals[cell].add(sums)
    for cell in [cell for cell in totals if cell.model == EVERY_MODEL]:
        sums = totals.pop(cell)
        for model in MODELS:
            totals[cell._replace(model=model)].add(sums)
    return totals


def of_lead(lead: Counted, zone: ZoneInfo) -> Iterator[tuple[Cell, Sums]]:
    """Every figure that the lead adds to. A lead of one touch says once what is the same in every model."""
    whole = _sums(lead, WHOLE, lead.value_minor)
    for dimension, key in _whole_answers(lead, zone):
        yield Cell(dimension, "", key, lead.currency), whole
    touches = lead.touches or (Touch(lead.channel, lead.created_at),)
    keys = [_keys(touch) for touch in touches]
    if len(touches) == 1:
        for dimension, key in zip(CREDITED, keys[0], strict=True):
            yield Cell(dimension, EVERY_MODEL, key, lead.currency), whole
        return
    told = [Touched(touch.channel, touch.at) for touch in touches]
    for model in MODELS:
        credit = shares(model, told, lead.created_at)
        values = apportion(lead.value_minor, [Fraction(each) for each in credit])
        for share, value, answers in zip(credit, values, keys, strict=True):
            if share:
                sums = _sums(lead, share, value)
                for dimension, key in zip(CREDITED, answers, strict=True):
                    yield Cell(dimension, model, key, lead.currency), sums


def _sums(lead: Counted, share: int, value_minor: int) -> Sums:
    is_won = lead.stage_kind == "won"
    return Sums(
        leads=share,
        quotable=share if lead.quotable == "yes" else 0,
        won=share if is_won else 0,
        lost=share if lead.stage_kind == "lost" else 0,
        answered=share if lead.answered_at else 0,
        value_minor=value_minor if is_won else 0,
    )


def _whole_answers(lead: Counted, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    local = lead.created_at.astimezone(zone)
    yield "total", ""
    yield "hour", str(local.weekday() * 24 + local.hour)
    yield "stage", lead.stage
    yield "owner", lead.owner
    yield "response", response_group(lead.created_at, lead.answered_at)
    yield "click_id", _click_id(lead)
    if lead.stage_kind == "lost":
        yield "lost_reason", lead.lost_reason


def response_group(created_at: datetime, answered_at: datetime | None) -> str:
    """The group of the time to an answer: its upper end in minutes, "later", or "none" without an answer."""
    if answered_at is None:
        return "none"
    minutes = (answered_at - created_at).total_seconds() / 60
    return next((str(end) for end in RESPONSE_MINUTES if minutes <= end), "later")


def _click_id(lead: Counted) -> str:
    carried = {name for touch in lead.touches for name in touch.click_ids}
    return next((name for name in _CLICK_IDS if name in carried), "none")


def _keys(touch: Touch) -> tuple[str, ...]:
    """The touch's answers in the order of CREDITED. Empty where it has none."""
    source = touch.utm.get("utm_source", "") or _host(touch.referrer)
    medium = touch.utm.get("utm_medium", "")
    return (
        touch.channel,
        _short(f"{source} / {medium}" if source and medium else source),
        _short((touch.click and touch.click.campaign) or touch.utm.get("utm_campaign", "")),
        _short(touch.click.ad_group if touch.click else ""),
        _short((touch.click and touch.click.keyword) or touch.utm.get("utm_term", "")),
        _short(_path(touch.landing_page)),
    )


def _host(address: str) -> str:
    return _split(address)[0].removeprefix("www.")


def _path(address: str) -> str:
    host, path = _split(address)
    return (path or "/") if host else ""


def _split(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
        return parts.hostname or "", parts.path
    except ValueError:
        return "", ""


def _short(text: str) -> str:
    return text[:_KEY_CHARACTERS]
