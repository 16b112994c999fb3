"""Two-step sign-in: besides the password a code from an authenticator app, or one of ten recovery codes.

set up, with the password ─a right code─▶ on ─with password and code, by the owner, or by support─▶ off

1. Nothing is asked before the app has given one right code, so nobody locks themselves out while setting it up.
2. A code is good once, and none that is older than the last one; a recovery code is good once.
3. The key of the codes is sealed for its person, under a key of their own that the master keys wrap.
"""

import secrets
import uuid

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.auth import codes
from app.auth.models import SecondFactor, User
from app.core import events
from app.core.clock import utc_now
from app.core.crypto import KeyRing, SealedBox
from app.core.errors import InvalidInputError
from app.core.events import Actor
from app.core.words import gettext as _

RECOVERY_CODES = 10
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_KIND = "recovery code"


def is_on(session: Session, user_id: uuid.UUID) -> bool:
    """True when this person's sign-in asks for a code."""
    statement = select(SecondFactor.confirmed_at).where(SecondFactor.user_id == user_id)
    return session.scalar(statement) is not None


def begin(session: Session, user_id: uuid.UUID, ring: KeyRing) -> None:
    """Make a new key to set an app up with. Raises InvalidInputError while two-step sign-in is on."""
    if is_on(session, user_id):
        raise InvalidInputError(_("Two-step sign-in is on already."))
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    wrapped_key = ring.new_wrapped_key()
    sealed = ring.open_box(wrapped_key).seal(codes.new_key(), owner=_owner(user_id))
    session.add(SecondFactor(user_id=user_id, wrapped_key=wrapped_key, sealed_code_key=sealed, recovery_marks=[]))
    session.flush()


def key_to_show(session: Session, user_id: uuid.UUID, ring: KeyRing) -> str | None:
    """The key while the app is being set up; never again afterwards."""
    factor = session.get(SecondFactor, user_id)
    if factor is None or factor.confirmed_at is not None:
        return None
    return _key(factor, ring)


def turn_on(session: Session, actor: Actor, code: str, ring: KeyRing) -> list[str]:
    """The app gave its first code: from now on it is asked for. The recovery codes, which are shown once. Raises
    InvalidInputError."""
    factor = _locked(session, actor.id)
    if factor is None or factor.confirmed_at is not None:
        raise InvalidInputError(_("Begin again: this set-up has ended."))
    if not _use_code(factor, code, ring):
        raise wrong_code()
    factor.confirmed_at = utc_now()
    events.record(session, "user.two_step_on", actor=actor)
    return _new_recovery_codes(factor, ring)


def renew_recovery_codes(session: Session, actor: Actor, ring: KeyRing) -> list[str]:
    """Ten new ones; the old ones are good no more. Raises InvalidInputError when two-step sign-in is off."""
    factor = _locked(session, actor.id)
    if factor is None or factor.confirmed_at is None:
        raise InvalidInputError(_("Two-step sign-in is off."))
    events.record(session, "user.recovery_codes_renewed", actor=actor)
    return _new_recovery_codes(factor, ring)


def turn_off(session: Session, actor: Actor) -> None:
    """Whoever has proved who they are needs no code any more."""
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == actor.id))
    events.record(session, "user.two_step_off", actor=actor, user_id=str(actor.id))


def reset(session: Session, actor: Actor, user_id: uuid.UUID) -> None:
    """Turn it off for a fellow member who has lost their app; they are told."""
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    name = session.get_one(User, user_id).name
    events.record(session, "member.two_step_reset", actor=actor, user_id=str(user_id), name=name)


def forget(session: Session, user_id: uuid.UUID) -> None:
    """What somebody set up who was not known to own the account's address counts for nothing."""
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))


def use(session: Session, user_id: uuid.UUID, typed: str, ring: KeyRing) -> bool:
    """Take a code of the app, or a recovery code, which is used up. True when it is right, or none is needed."""
    factor = _locked(session, user_id)
    if factor is None or factor.confirmed_at is None:
        return True
    return _use_code(factor, typed, ring) or _use_recovery_code(factor, typed, ring)


def left(session: Session, user_id: uuid.UUID) -> int:
    """How many recovery codes are left."""
    return len(session.scalar(select(SecondFactor.recovery_marks).where(SecondFactor.user_id == user_id)) or [])


def rotate(session: Session, ring: KeyRing) -> int:
    """Wrap the keys of the served company's people anew under the newest master key; how many."""
    old = [
        factor
        for factor in session.scalars(select(SecondFactor).with_for_update())
        if not ring.is_under_newest(factor.wrapped_key)
    ]
    for factor in old:
        factor.wrapped_key = ring.rewrap(factor.wrapped_key)
    return len(old)


def wrong_code() -> InvalidInputError:
    sentence = _("This code is not right. Each one works once, so wait for the next and try again.")
    return InvalidInputError(sentence, fields={"code": sentence}, reason="wrong_code")


def _locked(session: Session, user_id: uuid.UUID | None) -> SecondFactor | None:
    """Of two who use the same code at once, one waits and is refused."""
    statement = select(SecondFactor).where(SecondFactor.user_id == user_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def _use_code(factor: SecondFactor, typed: str, ring: KeyRing) -> bool:
    step = codes.step_of(typed, _key(factor, ring), utc_now())
    if step is None or step <= factor.last_step:
        return False
    factor.last_step = step
    return True


def _use_recovery_code(factor: SecondFactor, typed: str, ring: KeyRing) -> bool:
    mark = _mark(ring.open_box(factor.wrapped_key), typed)
    if mark not in factor.recovery_marks:
        return False
    factor.recovery_marks = [other for other in factor.recovery_marks if other != mark]
    return True


def _new_recovery_codes(factor: SecondFactor, ring: KeyRing) -> list[str]:
    made = ["-".join(_letters() + _letters() for _half in range(2)) for _number in range(RECOVERY_CODES)]
    box = ring.open_box(factor.wrapped_key)
    factor.recovery_marks = sorted(_mark(box, code) for code in made)
    return made


def _letters() -> str:
    return "".join(secrets.choice(_LETTERS) for _place in range(3))


def _mark(box: SealedBox, code: str) -> str:
    return box.fingerprint("".join(code.lower().replace("-", "").split()), kind=_KIND)


def _key(factor: SecondFactor, ring: KeyRing) -> str:
    return ring.open_box(factor.wrapped_key).open(factor.sealed_code_key, owner=_owner(factor.user_id))


def _owner(user_id: uuid.UUID) -> str:
    return f"second_factors.sealed_code_key:{user_id}"
