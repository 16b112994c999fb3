"""Roles, leaving and handing over. A company has one owner, who can neither be removed nor lose the role otherwise
than by handing the company over."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import confirming, sessions, two_step
from app.auth import gates as auth_gates
from app.auth.confirming import Proof
from app.auth.models import Member, User
from app.core import events
from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Actor
from app.core.words import gettext as _
from app.team import gates, invitations
from app.team.roles import GIVEN, MAY_INVITE


def change_role(session: Session, actor: Actor, user_id: uuid.UUID, role: str) -> None:
    """Give another member another role. Raises NotFoundError and InvalidInputError."""
    member = _other(session, actor, user_id)
    if role not in GIVEN:
        raise InvalidInputError(_("Choose a role."))
    before, member.role = member.role, role
    if role not in MAY_INVITE:
        invitations.end_of(session, user_id)
    if before != role:
        _record(session, "member.role_changed", actor, user_id, {"from": before, "to": role})


def change_sight(session: Session, actor: Actor, user_id: uuid.UUID, *, only_own: bool) -> None:
    """Show a member their own leads alone, or all of them. Raises NotFoundError and InvalidInputError."""
    member = _other(session, actor, user_id)
    if member.role != "member":
        raise InvalidInputError(_("Only a member can be kept to their own leads."))
    if member.sees_own_leads_only != only_own:
        member.sees_own_leads_only = only_own
        _record(session, "member.sight_changed", actor, user_id, {"only_own": only_own})


def say_away(session: Session, user_id: uuid.UUID, until: str) -> date | None:
    """The last day on which the member gets no new leads; none when they are there. Raises NotFoundError and
    InvalidInputError."""
    member = _locked(session, user_id)
    try:
        member.away_until = date.fromisoformat(until) if until else None
    except ValueError:
        raise InvalidInputError(_("Enter a day such as 2026-11-30.")) from None
    session.flush()
    return member.away_until


def remove(session: Session, actor: Actor, user_id: uuid.UUID, heir_id: uuid.UUID | None = None) -> None:
    """Take a member out of the company (or leave it oneself); their sign-ins to it end at once. The event comes first,
    so that what hangs from the member is handed over to the heir, if there is one. Whoever belongs to no company then
    is forgotten, so that the address is free again. Raises NotFoundError and InvalidInputError."""
    member = _locked(session, user_id)
    if member.role == "owner":
        raise InvalidInputError(_("The owner cannot leave. Hand over the company first."))
    if heir_id is not None and (heir_id == user_id or _locked(session, heir_id).role == "viewer"):
        raise InvalidInputError(_("Choose somebody else who can answer leads."))
    _record(session, "member.removed", actor, user_id, {"heir_id": str(heir_id)} if heir_id else {})
    invitations.end_of(session, user_id)
    sessions.end_here(session, user_id)
    session.delete(member)
    session.flush()
    gates.drop_left_behind(session, user_id)


def reset_two_step(session: Session, actor: Actor, user_id: uuid.UUID) -> None:
    """Turn two-step sign-in off for a member who has lost their app. Not for somebody who belongs to another company
    as well, since it is their sign-in there too. Raises NotFoundError and InvalidInputError."""
    _other(session, actor, user_id)
    if auth_gates.has_other_companies(session, user_id):
        raise InvalidInputError(_("This person belongs to another company as well. Let them ask support."))
    two_step.reset(session, actor, user_id)


def hand_over(session: Session, actor: Actor, user_id: uuid.UUID, proof: Proof) -> None:
    """Make another member the owner; who was it becomes an admin. Raises NotFoundError and InvalidInputError."""
    if actor.id is None:
        raise ValueError("only a person hands over a company")
    owner = _locked(session, actor.id)
    if owner.role != "owner":
        raise InvalidInputError(_("Only the owner can hand over the company."))
    confirming.confirm(session, actor, proof)
    heir = _other(session, actor, user_id)
    if session.get_one(User, user_id).email_confirmed_at is None:
        raise InvalidInputError(_("This person has not confirmed their e-mail address yet."))
    owner.role, heir.role = "admin", "owner"
    _record(session, "company.handed_over", actor, user_id, {})


def _other(session: Session, actor: Actor, user_id: uuid.UUID) -> Member:
    """Somebody else's membership, which is not the owner's."""
    member = _locked(session, user_id)
    if member.role == "owner" or user_id == actor.id:
        raise InvalidInputError(_("You cannot change this role. The owner can hand over the company."))
    return member


def _locked(session: Session, user_id: uuid.UUID) -> Member:
    member = session.scalars(select(Member).where(Member.user_id == user_id).with_for_update()).one_or_none()
    if member is None:
        raise NotFoundError(_("There is no such person in your team."))
    return member


def _record(session: Session, type_: str, actor: Actor, user_id: uuid.UUID, more: dict[str, Any]) -> None:
    """What happened to a member, with the name as it is now."""
    name = session.get_one(User, user_id).name
    events.record(session, type_, actor=actor, user_id=str(user_id), name=name, **more)
