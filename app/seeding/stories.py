"""The demo company's leads, told in stories.toml: each is written with the history that it would have had.

The rows are written directly, with their times in the past, so that nothing follows from them: no conversion
is planned.
"""

import tomllib
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.attribution.channels import classify, deciding
from app.attribution.models import Touchpoint
from app.attribution.source_words import source_words
from app.attribution.touches import read_visit
from app.capture.models import Consent
from app.capture.sources import DEFAULT_NOTICE
from app.companies.models import Company
from app.core.clock import utc_now
from app.core.events import LEADER, Actor, Event
from app.core.ids import new_id
from app.leads import contact
from app.leads.gates import StageRow
from app.leads.models import Lead, Note, StageChange
from app.leads.stages import DEFAULTS, in_order

_STORIES = Path(__file__).with_name("stories.toml")
_SITE = "https://northgate-roofing.example"

Story = Mapping[str, Any]


def tell_all(session: Session, owner: Actor) -> None:
    """Write every story, the oldest first. `owner` did what was done."""
    now = utc_now()
    stages = _stages(session)
    currency = session.scalars(select(Company.currency)).one()
    told = tomllib.loads(_STORIES.read_text(encoding="utf-8"))["lead"]
    for story in sorted(told, key=lambda story: -float(story["arrived"])):
        _tell(session, story, stages, owner, now - timedelta(days=story["arrived"]), currency)


def _stages(session: Session) -> dict[str, StageRow]:
    """The stage for each name in the stories: the one of this name, else the first of its kind, else the first."""
    known = in_order(session)
    by_name = {stage.name: stage for stage in known}
    by_kind = {stage.kind: stage for stage in reversed(known)}
    return {name: by_name.get(name) or by_kind.get(kind) or known[0] for name, kind in DEFAULTS}


def _tell(
    session: Session, story: Story, stages: Mapping[str, StageRow], owner: Actor, arrived: datetime, currency: str
) -> None:
    lead_id = new_id()
    touches = [_touch(lead_id, visit, arrived) for visit in story["visits"]]
    moves = story.get("moves", [])
    stage = stages[moves[-1]["stage"] if moves else "New"]
    session.add(_lead(lead_id, story, stage, touches, arrived, currency))
    session.flush()
    session.add_all(touches)
    session.add(_consent(lead_id, arrived))
    session.add(_event("lead.arrived", lead_id, LEADER, arrived))
    _move(session, lead_id, moves, stages, owner, arrived)
    _write_notes(session, lead_id, story.get("notes", []), owner, arrived)
    session.flush()


def _lead(
    lead_id: uuid.UUID, story: Story, stage: StageRow, touches: list[Touchpoint], arrived: datetime, currency: str
) -> Lead:
    source = touches[deciding([touch.channel for touch in touches])]
    phone = story.get("phone", "")
    return Lead(
        id=lead_id,
        stage_id=stage.id,
        name=story["name"],
        email=story.get("email", ""),
        phone=phone,
        phone_e164=contact.e164(phone, "GB"),
        message=story["message"],
        value_minor=story.get("value"),
        currency=currency,
        channel=source.channel,
        source_words=source.source_words,
        is_demo=True,
        created_at=arrived,
        updated_at=arrived,
    )


def _touch(lead_id: uuid.UUID, told: Mapping[str, Any], arrived: datetime) -> Touchpoint:
    visit = read_visit(_SITE + told["page"], told.get("referrer", ""))
    found = classify(visit)
    return Touchpoint(
        lead_id=lead_id,
        kind="visit",
        occurred_at=arrived - timedelta(days=told["before"]),
        landing_page=visit.landing_page,
        referrer=visit.referrer,
        utm=visit.utm,
        click_ids=visit.click_ids,
        channel=found.channel,
        channel_reason=found.reason,
        source_words=source_words(visit, found),
    )


def _consent(lead_id: uuid.UUID, arrived: datetime) -> Consent:
    return Consent(
        lead_id=lead_id,
        ad_user_data="granted",
        ad_personalization="granted",
        way="The choice made on the website",
        wording=DEFAULT_NOTICE,
        recorded_at=arrived,
    )


def _move(
    session: Session,
    lead_id: uuid.UUID,
    moves: list[Mapping[str, Any]],
    stages: Mapping[str, StageRow],
    owner: Actor,
    arrived: datetime,
) -> None:
    was = stages["New"]
    for told in moves:
        stage, at = stages[told["stage"]], arrived + timedelta(days=told["after"])
        change = StageChange(
            id=new_id(),
            lead_id=lead_id,
            from_stage_id=was.id,
            to_stage_id=stage.id,
            changed_by=owner.id,
            changed_at=at,
        )
        data = {
            "stage_change_id": str(change.id),
            "from_stage_id": str(was.id),
            "to_stage_id": str(stage.id),
            "from": was.name,
            "to": stage.name,
        }
        session.add_all([change, _event("lead.stage_changed", lead_id, owner, at, data)])
        was = stage


def _write_notes(
    session: Session, lead_id: uuid.UUID, notes: list[Mapping[str, Any]], owner: Actor, arrived: datetime
) -> None:
    for told in notes:
        at = arrived + timedelta(days=told["after"], minutes=4)
        note = Note(
            id=new_id(),
            lead_id=lead_id,
            author_id=owner.id,
            author_name=owner.name,
            body=told["text"],
            created_at=at,
        )
        data = {"note_id": str(note.id)}
        session.add_all([note, _event("lead.note_added", lead_id, owner, at, data)])


def _event(type_: str, lead_id: uuid.UUID, actor: Actor, at: datetime, data: Mapping[str, str] | None = None) -> Event:
    return Event(type=type_, lead_id=lead_id, actor_id=actor.id, actor_name=actor.name, data=dict(data or {}), at=at)
