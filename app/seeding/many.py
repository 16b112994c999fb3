"""Many believable leads at once: for measuring, and for seeing how Leader looks in a busy company.

The same number gives the same leads, but for their ids and times: those are counted back from now.
"""

import random
import tomllib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy.orm import Session

from app.attribution.channels import classify
from app.attribution.models import Touchpoint
from app.attribution.source_words import source_words
from app.attribution.touches import read_visit
from app.core.clock import utc_now
from app.core.events import Event
from app.core.ids import new_id
from app.leads.bulk import copy_rows
from app.leads.models import Lead
from app.leads.stages import in_order
from app.reports import counting

SPAN = timedelta(days=365)
_PIECE = 10_000
"""So many are held in memory at once, however many are made."""

_WORDS = Path(__file__).with_name("many.toml")
_SITE = "https://northgate-roofing.example"
_SEED = 20261124
_MINUTES = (3, 8, 12, 25, 45, 90, 200, 400, 1000, 2000)
"""How long people wait for an answer."""
_CLICK_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@dataclass(frozen=True)
class Source:
    """A visit as it is stored, worked out once for all the leads that came by it."""

    page: str
    referrer: str
    utm: Mapping[str, str]
    has_click_id: bool
    channel: str
    reason: str
    words: str


@dataclass(frozen=True)
class Made:
    """One lead before it is written."""

    id: uuid.UUID
    name: str
    email: str
    phone: str
    message: str
    stage_id: uuid.UUID
    value_minor: int | None
    source: Source
    click_id: str
    at: datetime
    answered_at: datetime | None
    quotable: str


def seed_many(session: Session, count: int, *, currency: str) -> int:
    """Give the served company `count` more leads, spread over the last year; the number of leads."""
    making = _make(count, [stage.id for stage in in_order(session)], utc_now())
    written = 0
    while made := list(islice(making, _PIECE)):
        copy_rows(session, Lead, (_lead(one, currency) for one in made))
        copy_rows(session, Touchpoint, map(_touchpoint, made))
        written += copy_rows(session, Event, map(_arrival, made))
    counting.mark_all(session)
    return written


def _make(count: int, stage_ids: list[uuid.UUID], now: datetime) -> Iterator[Made]:
    """The leads, the oldest first."""
    words = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    chance = random.Random(_SEED)  # noqa: S311 - made-up people, the same ones every time
    sources = [_source(visit) for visit in words["visit"]]
    source_weights = [visit["weight"] for visit in words["visit"]]
    stage_weights = [words["stages"][min(place, 4)] for place in range(len(stage_ids))]
    step = SPAN / count
    for number in range(count):
        first, last = chance.choice(words["first"]), chance.choice(words["last"])
        source = chance.choices(sources, source_weights)[0]
        stage = chance.choices(range(len(stage_ids)), stage_weights)[0]
        yield Made(
            id=new_id(),
            name=f"{first} {last}",
            email=f"{first}.{last}{chance.randrange(1000)}@example.com".lower(),
            phone=f"07700 900{chance.randrange(1000):03}",
            message=f"Hello, could you look at {chance.choice(words['jobs'])}, please?",
            stage_id=stage_ids[stage],
            value_minor=chance.randrange(200, 12_000, 50) * 100 if stage else None,
            source=source,
            click_id="".join(chance.choices(_CLICK_CHARACTERS, k=40)) if source.has_click_id else "",
            at=(at := now - SPAN + step * (number + chance.random())),
            answered_at=at + timedelta(minutes=chance.choice(_MINUTES)) if stage else None,
            quotable=chance.choice(("yes", "yes", "no")) if stage > 1 else "pending",
        )


def _source(told: Mapping[str, Any]) -> Source:
    page, has_click_id = _SITE + told["page"], told.get("has_click_id", False)
    visit = read_visit(f"{page}&gclid=x" if has_click_id else page, told.get("referrer", ""))
    found = classify(visit)
    words = source_words(visit, found)
    return Source(page, visit.referrer, visit.utm, has_click_id, found.channel, found.reason, words)


def _lead(made: Made, currency: str) -> dict[str, object]:
    return {
        "id": made.id,
        "stage_id": made.stage_id,
        "name": made.name,
        "email": made.email,
        "phone": made.phone,
        "phone_e164": f"+44{made.phone[1:].replace(' ', '')}",
        "message": made.message,
        "value_minor": made.value_minor,
        "currency": currency,
        "channel": made.source.channel,
        "source_words": made.source.words,
        "is_test": False,
        "is_spam": False,
        "is_demo": True,
        "answered_at": made.answered_at,
        "quotable": made.quotable,
        "version": 1,
        "created_at": made.at,
        "updated_at": made.at,
    }


def _touchpoint(made: Made) -> dict[str, object]:
    source = made.source
    return {
        "id": new_id(),
        "lead_id": made.id,
        "kind": "visit",
        "occurred_at": made.at,
        "landing_page": f"{source.page}&gclid={made.click_id}" if made.click_id else source.page,
        "referrer": source.referrer,
        "utm": Jsonb(source.utm),
        "click_ids": Jsonb({"gclid": made.click_id} if made.click_id else {}),
        "channel": source.channel,
        "channel_reason": source.reason,
        "source_words": source.words,
    }


def _arrival(made: Made) -> dict[str, object]:
    return {
        "id": new_id(),
        "type": "lead.arrived",
        "lead_id": made.id,
        "actor_name": "",
        "data": Jsonb({}),
        "at": made.at,
    }
