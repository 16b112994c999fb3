"""A lead to be: a submission with its touches and its source in words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.attribution.channels import classify, deciding
from app.attribution.source_words import source_words
from app.attribution.touches import Visit, read_visit
from app.capture import lead_forms, webhooks
from app.capture.submission import Seen, Submission
from app.core.words import gettext as _
from app.leads import contact

_HOSTED_FORM = re.compile(r"/f/[0-9a-f]{32}")
_OLDEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Touch:
    """One visit with its channel; the fields are those of a touchpoint."""

    kind: str
    occurred_at: datetime
    landing_page: str
    referrer: str
    utm: dict[str, str]
    click_ids: dict[str, str]
    channel: str
    channel_reason: str
    source_words: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """A lead to be: its touches, the oldest first, and the one that names its source."""

    touches: list[Touch]
    source: Touch
    phone_e164: str
    is_test: bool
    page: str
    """The path of the page that held the form."""


def compose(submission: Submission, *, region: str, now: datetime) -> Arrival:
    """What follows from a submission that arrived at `now`. `region`: the country by which phone numbers are read."""
    visits = list(_visits(submission, now))
    touches = [_touch(kind, visit, at) for kind, visit, at in visits]
    return Arrival(
        touches=touches,
        source=touches[deciding([touch.channel for touch in touches])],
        phone_e164=contact.e164(submission.phone, region) if submission.phone else "",
        is_test=submission.is_test or any(visit.is_test for _, visit, _ in visits),
        page=_read(submission.tracking.page, "").path,
    )


def _visits(submission: Submission, now: datetime) -> Iterator[tuple[str, Visit, datetime]]:
    """First and last visit, once when they are the same; the form's own page when the tag saw neither."""
    tracking = submission.tracking
    seen = [visit for visit in (tracking.first, tracking.last) if visit and visit.landing_page]
    for visit in dict.fromkeys(sorted(seen, key=lambda visit: _when(visit, now))):
        yield "visit", _read(visit.landing_page, visit.referrer), _when(visit, now)
    if not seen:
        yield "form", _read(tracking.page, tracking.referrer), now


def _read(page: str, referrer: str) -> Visit:
    """The visit; our own hosted form gets a name in place of the path with its site key, and what
    came by no page has none."""
    visit = read_visit(page, referrer)
    if page.startswith(webhooks.NOWHERE):
        return replace(visit, landing_page="", host="", path="")
    if page.startswith(lead_forms.PAGE):
        return replace(visit, landing_page="", host="", path=_("lead form"))
    return replace(visit, path=_("hosted form")) if _HOSTED_FORM.fullmatch(visit.path) else visit


def _when(visit: Seen, now: datetime) -> datetime:
    """The visitor's clock, unless it is missing, ahead of ours or absurdly far behind."""
    return visit.at if visit.at and now - _OLDEST <= visit.at <= now else now


def _touch(kind: str, visit: Visit, at: datetime) -> Touch:
    classified = classify(visit)
    return Touch(
        kind=kind,
        occurred_at=at,
        landing_page=visit.landing_page,
        referrer=visit.referrer,
        utm=visit.utm,
        click_ids=visit.click_ids,
        channel=classified.channel,
        channel_reason=classified.reason,
        source_words=source_words(visit, classified),
    )
