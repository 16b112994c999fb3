"""Telling people of a changed policy until they have seen it, and remembering that they did.

Who joined after the newest version has seen it by joining: a user's id tells when it was made, so that no page has to
ask the database about them.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.events import Event
from app.core.ids import secret_hash
from app.legal import gates, versions
from app.legal.models import PolicyAcknowledgement
from app.legal.versions import Version

COOKIE = "leader_policies"
"""Who has seen the newest version in this browser: saves a question to the database."""
COOKIE_LASTS = 31_536_000
"""A year, as the page about cookies says."""


@lru_cache(1_024)
def joined_on(user_id: uuid.UUID) -> date:
    """The day on which the user was made; long ago for an id without a time."""
    if user_id.version != 7:
        return date.min
    return datetime.fromtimestamp((user_id.int >> 80) / 1000, UTC).date()


def may_be_unseen(user_id: uuid.UUID, seen_in_browser: str) -> bool:
    """False when nothing can be new to the person, judged without the database."""
    return joined_on(user_id) < versions.newest_day() and seen_in_browser != mark_of(user_id)


def mark_of(user_id: uuid.UUID) -> str:
    """The cookie's value for this person, so that it silences nothing for the next one: the newest day, and a hash."""
    return f"{versions.newest_day().isoformat()}.{secret_hash(str(user_id)).hex()[:16]}"


def unseen(session: Session, user_id: uuid.UUID) -> Sequence[Version]:
    """The current versions that came after the person and that they have not acknowledged."""
    joined = joined_on(user_id)
    newer = [version for name in versions.POLICIES if (version := versions.current(name)).day > joined]
    if not newer:
        return []
    statement = select(PolicyAcknowledgement.policy, PolicyAcknowledgement.day)
    seen = {tuple(row) for row in session.execute(statement.where(PolicyAcknowledgement.user_id == user_id))}
    return [version for version in newer if (version.policy, version.day) not in seen]


def acknowledge(session: Session, user_id: uuid.UUID, keys: Collection[str]) -> bool:
    """Remember the listed versions as seen, where they were new to the person. True when nothing is new any more."""
    new = unseen(session, user_id)
    for version in new:
        if version.key in keys:
            gates.remember_once(session, user_id, version, "notice")
    return all(version.key in keys for version in new)


def agree_for_event(session: Session, event: Event) -> None:
    """Signing up is agreeing to what is in force. Reacts to company.founded."""
    if event.actor_id is not None:
        for policy in versions.POLICIES:
            gates.remember_once(session, event.actor_id, versions.current(policy), "signed_up")
