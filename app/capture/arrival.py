"""A lead as it will be stored: a submission with its touches, its source in words and its inbox record."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from app.attribution.channels import classify, deciding
from app.attribution.source_words import source_words
from app.attribution.touches import Visit, read_visit
from app.capture.submission import Seen, Submission
from app.core.ids import new_id
from app.leads import contact

_HOSTED_FORM = re.compile(r"/f/[0-9a-f]{32}")
_OLDEST = timedelta(days=400)
_USER_AGENT_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Sender:
    """Who delivered it: the network address and the program's own name for itself."""

    ip_address: str = ""
    user_agent: str = ""


def compose(submission: Submission, sender: Sender, *, region: str, now: datetime) -> dict[str, Any]:
    """The lead and all its rows as one JSON value, which the database's function `receive_lead` takes.

    A sending without an id of its own gets one, so that it can be repeated when the connection breaks.
    """
    visits = list(_visits(submission, now))
    touches = [_touch(kind, visit, at) for kind, visit, at in visits]
    source = touches[deciding([touch["channel"] for touch in touches])]
    choice = submission.tracking.choice
    page = _read(submission.tracking.page, "")
    is_test = submission.is_test or any(visit.is_test for _, visit, _ in visits)
    return {
        "lead_id": str(new_id()),
        "event_id": str(new_id()),
        "received_at": now.isoformat(),
        "event_data": {"page": page.path},
        "inbox": {
            "id": str(new_id()),
            "client_event_id": submission.tracking.client_event_id or str(new_id()),
            "body": _body(submission, touches, page),
            "ip_address": sender.ip_address[:64],
            "user_agent": contact.one_line(sender.user_agent)[:_USER_AGENT_CHARACTERS],
        },
        "lead": {
            "name": submission.name,
            "email": submission.email,
            "phone": submission.phone,
            "phone_e164": contact.e164(submission.phone, region) if submission.phone else "",
            "message": submission.message,
            "channel": source["channel"],
            "source_words": source["source_words"],
            "is_test": is_test,
            "is_spam": submission.is_spam,
        },
        "touchpoints": touches,
        "consent": {
            "id": str(new_id()),
            "ad_user_data": choice.ad_user_data,
            "ad_personalization": choice.ad_personalization,
            "way": choice.way,
            "saw_notice": submission.saw_notice,
        },
    }


def _visits(submission: Submission, now: datetime) -> Iterator[tuple[str, Visit, datetime]]:
    """First and last visit, once when they are the same; the form's own page when the tag saw neither."""
    tracking = submission.tracking
    seen = [visit for visit in (tracking.first, tracking.last) if visit and visit.landing_page]
    for visit in dict.fromkeys(sorted(seen, key=lambda visit: _when(visit, now))):
        yield "visit", _read(visit.landing_page, visit.referrer), _when(visit, now)
    if not seen:
        yield "form", _read(tracking.page, tracking.referrer), now


def _read(page: str, referrer: str) -> Visit:
    """The visit; our own hosted form gets a name in place of the path with its site key."""
    visit = read_visit(page, referrer)
    return replace(visit, path="hosted form") if _HOSTED_FORM.fullmatch(visit.path) else visit


def _when(visit: Seen, now: datetime) -> datetime:
    """The visitor's clock, unless it is missing, ahead of ours or absurdly far behind."""
    return visit.at if visit.at and now - _OLDEST <= visit.at <= now else now


def _touch(kind: str, visit: Visit, at: datetime) -> dict[str, Any]:
    classified = classify(visit)
    return {
        "id": str(new_id()),
        "kind": kind,
        "occurred_at": at.isoformat(),
        "landing_page": visit.landing_page,
        "referrer": visit.referrer,
        "utm": visit.utm,
        "click_ids": visit.click_ids,
        "channel": classified.channel,
        "channel_reason": classified.reason,
        "source_words": source_words(visit, classified),
    }


def _body(submission: Submission, touches: list[dict[str, Any]], page: Visit) -> dict[str, Any]:
    """What is kept as it arrived, without control characters and without what nobody asked for."""
    return {
        "fields": {
            "name": submission.name,
            "email": submission.email,
            "phone": submission.phone,
            "message": submission.message,
            **submission.extra,
        },
        "visits": [[touch["landing_page"], touch["referrer"], touch["occurred_at"]] for touch in touches],
        "page": page.landing_page,
        "visitor_id": submission.tracking.visitor_id,
        "is_test": submission.is_test,
    }
