"""The same change to many leads at once: stage, owner, tag; and the way back.

Each lead is changed by the rule for one lead, so that events, conversions and notifications follow as ever. A lead that
is frozen, or gone meanwhile, is passed over and counted.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Actor
from app.core.words import gettext as _
from app.follow_up import assignment, tags
from app.leads import moves
from app.leads.locking import FrozenError, lock
from app.leads.models import LeadTag

MOST = 200


@dataclass(frozen=True)
class Change:
    """What is to become of the leads; none where it stays as it is."""

    stage_id: uuid.UUID | None = None
    is_assigned: bool = False
    owner_id: uuid.UUID | None = None
    tag: str = ""

    def __bool__(self) -> bool:
        return self.stage_id is not None or self.is_assigned or bool(self.tag)


@dataclass(frozen=True)
class Before:
    """How one lead was before, as far as it was changed, and to what; empty texts where it was not."""

    lead_id: str
    was_in: str = ""
    moved_to: str = ""
    was_with: str = ""
    given_to: str = ""
    tag_id: str = ""

    def token(self) -> str:
        return ",".join((self.lead_id, self.was_in, self.moved_to, self.was_with, self.given_to, self.tag_id))

    @classmethod
    def parse(cls, token: str) -> "Before":
        """Raises InvalidInputError."""
        parts = token.split(",")
        try:
            if len(parts) != len(cls.__dataclass_fields__) or not parts[0]:
                raise ValueError
            return cls(*(str(uuid.UUID(part)) if part else "" for part in parts))
        except ValueError:
            raise InvalidInputError(_("This change cannot be taken back any more.")) from None


def apply(session: Session, lead_ids: Iterable[uuid.UUID], change: Change, *, actor: Actor) -> list[Before]:
    """Change the leads, in one order for everybody, so that two who do this at once do not wait for each other forever;
    what is needed to take it back. Raises NotFoundError for a stage or owner that is none, InvalidInputError for a bad
    tag and when there are too many or nothing to change."""
    wanted = sorted(set(lead_ids))
    if not wanted or not change:
        raise InvalidInputError(_("Choose leads, and what is to change."))
    if len(wanted) > MOST:
        raise InvalidInputError(_("Choose up to %(most)s leads at once.", most=MOST))
    return [before for lead_id in wanted if (before := _change(session, lead_id, change, actor))]


def take_back(session: Session, changes: Sequence[Before], *, actor: Actor) -> int:
    """Put the leads back as they were, as far as nobody has changed them since; how many were."""
    return sum(_put_back(session, before, actor) for before in sorted(changes, key=lambda each: each.lead_id)[:MOST])


def _change(session: Session, lead_id: uuid.UUID, change: Change, actor: Actor) -> Before | None:
    try:
        lead = lock(session, lead_id)
    except (FrozenError, NotFoundError):
        return None
    was_in, was_with, given, moved, tag_id = lead.stage_id, lead.owner_id, False, None, None
    if change.stage_id:
        moved = moves.move(session, lead_id, change.stage_id, actor=actor)
    if change.tag:
        had = set(session.scalars(select(LeadTag.tag_id).where(LeadTag.lead_id == lead_id)))
        tag = tags.put(session, lead_id, change.tag, actor=actor)
        tag_id = None if tag.id in had else tag.id
    if change.is_assigned and lead.owner_id != change.owner_id:  # last: it may hide the lead from whoever does this
        assignment.assign(session, lead_id, change.owner_id, actor=actor)
        given = True
    if not (moved or given or tag_id):
        return None
    nobody = uuid.UUID(int=0)
    return Before(
        str(lead_id),
        str(was_in) if moved else "",
        str(change.stage_id) if moved else "",
        str(was_with or nobody) if given else "",
        str(change.owner_id or nobody) if given else "",
        str(tag_id or ""),
    )


def _put_back(session: Session, before: Before, actor: Actor) -> bool:
    lead_id, nobody = uuid.UUID(before.lead_id), uuid.UUID(int=0)
    try:
        lead = lock(session, lead_id)
    except (FrozenError, NotFoundError):
        return False
    moved, given, untagged = None, False, False
    if before.was_in and str(lead.stage_id) == before.moved_to:
        moved = moves.take_back(session, lead_id, uuid.UUID(before.was_in), actor=actor)
    if before.was_with and str(lead.owner_id or nobody) == before.given_to:
        owner_id = uuid.UUID(before.was_with)
        assignment.assign(session, lead_id, None if owner_id == nobody else owner_id, actor=actor)
        given = True
    if before.tag_id:
        untagged = tags.take_off(session, lead_id, uuid.UUID(before.tag_id), actor=actor)
    return bool(moved or given or untagged)
