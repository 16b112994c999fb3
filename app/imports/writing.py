"""The rows of imported leads: many at once, past the reactions that a single lead sets off."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Jsonb
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.attribution.models import Touchpoint
from app.core.clock import utc_now
from app.core.events import Event
from app.core.ids import new_id
from app.imports.models import LeadImport
from app.imports.rows import Person
from app.leads.bulk import copy_rows
from app.leads.models import Lead, LeadTag, Stage, Tag


@dataclass(frozen=True)
class Made:
    """A line that becomes a lead, with the id it gets."""

    id: uuid.UUID
    person: Person


def write(session: Session, taken: LeadImport, currency: str, made: Sequence[Made]) -> None:
    """The leads with their touchpoints, events and tags; none of it is committed."""
    now = utc_now()
    new_stages = set(session.scalars(select(Stage.id).where(Stage.kind == "new")))
    copy_rows(session, Lead, (_lead(one, taken, currency, new_stages, now) for one in made))
    copy_rows(session, Touchpoint, (_touchpoint(one) for one in made if one.person.visit))
    copy_rows(session, Event, (_arrival(one, taken) for one in made))
    _put_tags(session, made)


def _lead(one: Made, taken: LeadImport, currency: str, new_stages: set[uuid.UUID], now: datetime) -> dict[str, object]:
    person = one.person
    waits = taken.is_waiting and person.stage_id in new_stages
    return {
        "id": one.id,
        "stage_id": person.stage_id,
        "owner_id": person.owner_id,
        "name": person.name,
        "email": person.email,
        "phone": person.phone,
        "phone_e164": person.phone_e164,
        "message": person.message,
        "value_minor": person.value_minor,
        "currency": currency,
        "channel": person.channel,
        "source_words": person.source_words,
        "is_test": False,
        "is_spam": False,
        "is_demo": False,
        "answered_at": None if waits else person.arrived_at,
        "import_id": taken.id,
        "version": 1,
        "created_at": person.arrived_at,
        "updated_at": now,
    }


def _touchpoint(one: Made) -> dict[str, object]:
    person = one.person
    visit, classified = person.visit, person.classified
    if visit is None or classified is None:
        raise ValueError("only a visit is a touchpoint")
    return {
        "id": new_id(),
        "lead_id": one.id,
        "kind": "visit",
        "occurred_at": person.arrived_at,
        "landing_page": visit.landing_page,
        "referrer": visit.referrer,
        "utm": Jsonb(visit.utm),
        "click_ids": Jsonb(visit.click_ids),
        "channel": classified.channel,
        "channel_reason": classified.reason,
        "source_words": person.source_words,
    }


def _arrival(one: Made, taken: LeadImport) -> dict[str, object]:
    """Written beside the reactions: whoever brings a thousand leads wants neither a thousand mails nor conversions."""
    return {
        "id": new_id(),
        "type": "lead.arrived",
        "lead_id": one.id,
        "actor_id": taken.asked_by,
        "actor_name": taken.asked_by_name,
        "data": Jsonb({"import_id": str(taken.id)}),
        "at": utc_now(),
    }


def _put_tags(session: Session, made: Sequence[Made]) -> None:
    """New tags are made; two spellings that differ in case are the same tag."""
    names = {tag.lower(): tag for one in made for tag in one.person.tags}
    if not names:
        return
    ids = _tag_ids(session, names)
    for key in names.keys() - ids.keys():
        session.add(Tag(name=names[key]))
    session.flush()
    ids = _tag_ids(session, names)
    copy_rows(
        session,
        LeadTag,
        (
            {"id": new_id(), "lead_id": one.id, "tag_id": ids[key]}
            for one in made
            for key in dict.fromkeys(tag.lower() for tag in one.person.tags)
        ),
    )


def _tag_ids(session: Session, names: Iterable[str]) -> dict[str, uuid.UUID]:
    found = session.execute(select(func.lower(Tag.name), Tag.id).where(func.lower(Tag.name).in_(list(names))))
    return dict(found.all())
