"""Telling people of a changed policy until they have seen it, and remembering that they did.

Who joined after the newest version has seen it by joining: a user's id tells when it was made, so that no page has to
ask the database about them.
"""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.events import Event
from app.legal import versions
from app.legal.models import PolicyAcknowledgement
from app.legal.versions import Version

COOKIE = "leader_policies"
"""The day of the newest version that this browser's person has seen: saves a question to the database."""


def joined_on(user_id: uuid.UUID) -> date:
    """The day on which the user was made; long ago for an id without a time."""
    if user_id.version != 7:
        return date.min
    return datetime.fromtimestamp((user_id.int >> 80) / 1000, UTC).date()


def may_be_unseen(user_id: uuid.UUID, seen_in_browser: str) -> bool:
    """False when nothing can be new to the person, judged without the database."""
    newest = versions.newest_day()
    return joined_on(user_id) < newest and seen_in_browser != newest.isoformat()


def unseen(session: Session, user_id: uuid.UUID) -> Sequence[Version]:
    """The current versions that came after the person and that they have not acknowledged."""
    joined = joined_on(user_id)
    newer = [version for name in versions.POLICIES if (version := versions.current(name)).day > joined]
    if not newer:
        return []
    statement = select(PolicyAcknowledgement.policy, PolicyAcknowledgement.day)
    seen = {tuple(row) for row in session.execute(statement.where(PolicyAcknowledgement.user_id == user_id))}
    return [version for version in newer if (version.policy, version.day) not in seen]


def acknowledge(session: Session, user_id: uuid.UUID) -> None:
    """The person has seen the notice: every version that was new to them is remembered as seen."""
    for version in unseen(session, user_id):
        _remember(session, user_id, version, "notice")


def agree_for_event(session: Session, event: Event) -> None:
    """Signing up is agreeing to what is in force. Reacts to company.founded."""
    if event.actor_id is not None:
        for policy in versions.POLICIES:
            _remember(session, event.actor_id, versions.current(policy), "signed_up")


def _remember(session: Session, user_id: uuid.UUID, version: Version, way: str) -> None:
    session.add(
        PolicyAcknowledgement(user_id=user_id, policy=version.policy, day=version.day, sha256=version.sha256, way=way)
    )
    session.flush()
