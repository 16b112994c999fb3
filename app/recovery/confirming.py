"""Confirming an address, and changing it.

Until an address is confirmed its owner may look around and receive leads, but cannot sign in anew with it, nor invite
people. Several people may claim an address; one can confirm it. So a sign-up need not tell whether
an address is taken: whoever reads that address's mail is told instead.

Changing a confirmed address takes both sides: the reader of the new one confirms, the reader of the old one agrees.
"""

import uuid

from sqlalchemy.orm import Session

from app.auth import confirming as own
from app.auth import gates as auth_gates
from app.auth import profile, two_step
from app.auth.confirming import Proof
from app.auth.models import User
from app.auth.passwords import Hasher, weakness
from app.core import events
from app.core.errors import InvalidInputError
from app.core.events import Actor, Event
from app.core.ids import secret_hash
from app.core.words import gettext as _
from app.mailing import outbox
from app.recovery import gates, links


def ask_for_event(session: Session, event: Event) -> None:
    """A company was founded: ask its owner to confirm the address."""
    if event.actor_id is not None:
        ask(session, event.actor_id)


def ask(session: Session, user_id: uuid.UUID) -> None:
    """Mail the user a link that confirms the address. Does nothing when it is confirmed or had mail enough; when
    somebody else has confirmed it, that person is told instead."""
    user = session.get_one(User, user_id)
    if user.email_confirmed_at is None:
        _mail_link(session, user, user.email)


def ask_to_change(session: Session, actor: Actor, proof: Proof, *, email: str) -> bool:
    """Begin to change the user's address. True when the old address has to agree as well. Raises InvalidInputError
    for a wrong proof."""
    own.confirm(session, actor, proof)
    user = session.get_one(User, actor.id)
    needs_both = user.email_confirmed_at is not None
    if needs_both and links.may_mail(session, "allow_new_address", user.email):
        token = links.make(session, "allow", user.id, email)
        path = f"/confirm-address/{token}"
        outbox.post(
            session, "allow_new_address", to=user.email, language=user.language, name=user.name, path=path, email=email
        )
    _mail_link(session, user, email)
    return needs_both


def asks(link: gates.OpenLink, reader_id: uuid.UUID | None) -> str:
    """What whoever opens the link has to show besides: `nothing`, the account's `current` password, or `any`, which
    becomes the account's.

    Anybody can sign up with a stranger's address and wait. So an address is confirmed by somebody who is signed in as
    the account, or with the password that this person types: after that nobody else knows it, and nobody else is
    signed in. An account that has an owner does not go to whoever reads an address that was typed wrong.
    """
    if link.purpose == "allow" or link.user_id == reader_id:
        return "nothing"
    return "current" if link.is_confirmed else "any"


def confirm(
    session: Session, token: str, link: gates.OpenLink, reader_id: uuid.UUID | None, *, password: str, hasher: Hasher
) -> str:
    """Use a link: `confirmed`, `waiting`, `taken` or `gone` (see the gate). The session serves the link's company.
    Raises InvalidInputError for a password that does not do."""
    user, wanted = session.get_one(User, link.user_id), asks(link, reader_id)
    is_known = wanted == "nothing" or hasher.matches(password, user.password_hash)
    if not is_known:
        _check(link, wanted, password)
    outcome = gates.confirm_address(session, secret_hash(token))
    if outcome == "confirmed":
        session.refresh(user)
        events.record(session, "user.address_confirmed", actor=Actor(link.user_id, link.name))
        if not is_known:
            profile.set_password(session, user.id, user.name, password, hasher)
            two_step.forget(session, user.id)
    return outcome


def _check(link: gates.OpenLink, wanted: str, password: str) -> None:
    sentence: str | None = _("This is not the password of the account.")
    if wanted == "any":
        sentence = weakness(password, (link.name, link.email, link.company_name))
    if sentence:
        raise InvalidInputError(sentence, fields={"password": sentence}, reason="wrong_password")


def read(session: Session, token: str) -> gates.OpenLink | None:
    """What the page behind a link says; none when it no longer works."""
    hashed = secret_hash(token)
    return gates.read_link(session, hashed, "confirm") or gates.read_link(session, hashed, "allow")


def _mail_link(session: Session, user: User, email: str) -> None:
    """The same work whether the address is taken or free. The mail is private: in a company's list of
    its mail the kind would tell whether the address has an account. Nothing that the user typed is in it, since nobody
    knows yet whether the address is theirs: Leader carries no stranger's words to anybody."""
    taken_by = auth_gates.find_sign_in(session, email)
    token = links.make(session, "confirm", user.id, email)
    template = "already_member" if taken_by else "confirm_address"
    if links.may_mail(session, template, email):
        path = "/sign-in" if taken_by else f"/confirm-address/{token}"
        outbox.post_private(session, template, to=email, path=path)
