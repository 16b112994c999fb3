"""Inviting by mail: for seven days, into one role, whoever reads the address may join."""

import uuid
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.auth import gates as auth_gates
from app.auth.models import Member, User
from app.auth.passwords import Hasher
from app.companies.models import Company
from app.core import events, words
from app.core.clock import utc_now
from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Actor
from app.core.ids import new_id, new_secret, secret_hash
from app.core.words import gettext as _
from app.mailing import gates as mailing
from app.mailing import outbox
from app.team import gates
from app.team.models import Invitation
from app.team.roles import GIVEN, ROLES

LIFETIME = timedelta(days=7)
_MAILS_A_DAY = 3
_MOST_WAITING = 50


def invite(session: Session, actor: Actor, *, email: str, role: str) -> None:
    """Invite somebody, or invite anew under another role. Raises InvalidInputError."""
    if session.get_one(User, actor.id).email_confirmed_at is None:
        raise _wrong("email", _("Confirm your own e-mail address first. You find how in your profile."))
    if role not in GIVEN:
        raise _wrong("role", _("Choose a role."))
    if session.scalar(select(User.id).join(Member, Member.user_id == User.id).where(func.lower(User.email) == email)):
        raise _wrong("email", _("This person is in your team already."))
    waiting = session.scalars(select(Invitation)).all()
    invitation = next((found for found in waiting if found.email.lower() == email), None)
    if invitation is None:
        if len(waiting) >= _MOST_WAITING:
            raise _wrong("email", _("Many invitations wait already. Take some back first."))
        invitation = Invitation(email=email, role=role, invited_by=actor.name)
    invitation.role = role
    _mail(session, invitation, actor)
    events.record(session, "member.invited", actor=actor, role=role)


def send_again(session: Session, actor: Actor, invitation_id: uuid.UUID) -> None:
    """A new link, for another seven days; the old one no longer works. Raises NotFoundError, InvalidInputError."""
    _mail(session, _one(session, invitation_id), actor)


def take_back(session: Session, invitation_id: uuid.UUID) -> None:
    """Raises NotFoundError."""
    session.delete(_one(session, invitation_id))


def end_of(session: Session, user_id: uuid.UUID) -> None:
    """Take back whatever this person invited: they may invite no more."""
    session.execute(delete(Invitation).where(Invitation.inviter_id == user_id))


def join(session: Session, invitation: gates.OpenInvitation, user_id: uuid.UUID, name: str, job_title: str) -> None:
    """Make the user a member of the company that the session serves, and use the invitation up."""
    session.delete(_one(session, invitation.invitation_id))
    if session.scalar(select(Member.id).where(Member.user_id == user_id)) is None:
        session.add(Member(user_id=user_id, role=invitation.role, job_title=job_title))
        session.flush()
        events.record(session, "member.joined", actor=Actor(user_id, name), user_id=str(user_id), role=invitation.role)


def sign_up(
    session: Session, invitation: gates.OpenInvitation, *, name: str, job_title: str, password: str, hasher: Hasher
) -> uuid.UUID:
    """Make an account for the invited address, which the mailed link has confirmed, and join."""
    user = User(id=new_id(), email=invitation.email, name=name, password_hash=hasher.hash(password))
    user.language, user.email_confirmed_at = words.language(), utc_now()
    session.add(user)
    try:
        session.flush()
    except IntegrityError:
        raise InvalidInputError(_("There is an account with this address by now. Sign in with it to join.")) from None
    join(session, invitation, user.id, name, job_title)
    return user.id


def has_account(session: Session, email: str) -> bool:
    return auth_gates.find_sign_in(session, email) is not None


def _mail(session: Session, invitation: Invitation, actor: Actor) -> None:
    since = utc_now() - timedelta(days=1)
    if mailing.count_to(session, invitation.email, "invitation", since) >= _MAILS_A_DAY:
        raise _wrong("email", _("This address got several invitations today. Try again tomorrow."))
    token = new_secret()  # an earlier link no longer works
    invitation.token_hash, invitation.invited_by, invitation.inviter_id = secret_hash(token), actor.name, actor.id
    invitation.expires_at = utc_now() + LIFETIME
    session.add(invitation)
    company = session.scalars(select(Company.name)).one()
    values = {"by": actor.name, "company": company, "role": str(ROLES[invitation.role].label)}
    outbox.post(session, "invitation", to=invitation.email, path=f"/invitations/{token}", **values)


def _one(session: Session, invitation_id: uuid.UUID) -> Invitation:
    found = session.scalars(select(Invitation).where(Invitation.id == invitation_id).with_for_update()).one_or_none()
    if found is None:
        raise NotFoundError(_("This invitation is no longer there."))
    return found


def _wrong(field: str, sentence: str) -> InvalidInputError:
    return InvalidInputError(sentence, fields={field: sentence})
