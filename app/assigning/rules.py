"""The rules as their owner writes them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.assigning.models import AssignmentRule, AssignmentTurn
from app.attribution.channels import CHANNELS
from app.core import events
from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Actor
from app.core.ids import new_id
from app.core.words import gettext as _
from app.follow_up import queries
from app.leads import contact

FIELDS = ("any", "channel", "source", "campaign")
MOST = 50
_LONGEST = 200


@dataclass(frozen=True)
class Shown:
    """A rule with the names of those who take turns in it."""

    id: uuid.UUID
    field: str
    wanted: str
    names: Sequence[str]


def all_of(session: Session) -> list[Shown]:
    """The rules in their order."""
    names = {member.user_id: member.name for member in queries.members(session)}
    turns = session.execute(select(AssignmentTurn.rule_id, AssignmentTurn.user_id)).all()
    by_rule: dict[uuid.UUID, list[str]] = {}
    for rule_id, user_id in turns:
        by_rule.setdefault(rule_id, []).append(names.get(user_id, ""))
    return [
        Shown(rule.id, rule.field, rule.wanted, sorted(filter(None, by_rule.get(rule.id, ()))))
        for rule in _in_order(session)
    ]


def add(session: Session, field: str, wanted: str, user_ids: Sequence[uuid.UUID], *, actor: Actor) -> AssignmentRule:
    """Add a rule behind the others. Raises InvalidInputError."""
    rules, wanted = _in_order(session), contact.one_line(wanted)[:_LONGEST]
    if len(rules) >= MOST:
        raise InvalidInputError(_("You have %(most)s rules already. Delete one first.", most=MOST))
    if field not in FIELDS or (field == "channel" and wanted not in CHANNELS):
        raise InvalidInputError(_("Choose which leads the rule is for."))
    if field in ("source", "campaign") and not wanted:
        raise InvalidInputError(_("Enter a word that the source or the campaign contains."))
    if not user_ids or not set(user_ids) <= {member.user_id for member in queries.members(session)}:
        raise InvalidInputError(_("Choose who gets these leads."))
    last = max((rule.position for rule in rules), default=0)
    rule = AssignmentRule(id=new_id(), position=last + 1, field=field, wanted="" if field == "any" else wanted)
    session.add(rule)
    session.flush()
    session.add_all(AssignmentTurn(rule_id=rule.id, user_id=user_id) for user_id in dict.fromkeys(user_ids))
    session.flush()
    events.record(session, "assignment.rule_added", actor=actor, field=field, wanted=rule.wanted)
    return rule


def remove(session: Session, rule_id: uuid.UUID, *, actor: Actor) -> None:
    """Leads that it gave stay where they are. Raises NotFoundError."""
    gone = session.scalars(delete(AssignmentRule).where(AssignmentRule.id == rule_id).returning(AssignmentRule.id))
    if gone.first() is None:
        raise NotFoundError(_("There is no such rule any more."))
    events.record(session, "assignment.rule_removed", actor=actor)


def shift_up(session: Session, rule_id: uuid.UUID) -> None:
    """Let it come before the one above it. Raises NotFoundError."""
    rules = list(_in_order(session, locked=True))
    here = next((place for place, rule in enumerate(rules) if rule.id == rule_id), None)
    if here is None:
        raise NotFoundError(_("There is no such rule any more."))
    if here:
        rules[here - 1], rules[here] = rules[here], rules[here - 1]
    for position, rule in enumerate(rules, 1):
        rule.position = position
    session.flush()


def _in_order(session: Session, *, locked: bool = False) -> Sequence[AssignmentRule]:
    statement = select(AssignmentRule).order_by(AssignmentRule.position, AssignmentRule.id)
    return session.scalars(statement.with_for_update() if locked else statement).all()
