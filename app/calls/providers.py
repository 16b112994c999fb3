"""Letting providers in: the switch, and the secret by which each one's messages are known.

Off until the owner switches calls on. Secrets are sealed; one that we make is shown once.
"""

from types import ModuleType

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.calls import queries
from app.calls.models import CallProvider, CallSettings
from app.core import events
from app.core.clock import utc_now
from app.core.crypto import SealedBox
from app.core.errors import InvalidInputError
from app.core.events import Actor
from app.core.ids import new_id, new_secret
from app.core.words import gettext as _
from app.integrations.telephony import callrail, generic, twilio

PROVIDERS: dict[str, ModuleType] = {"twilio": twilio, "callrail": callrail, "generic": generic}
"""Each has `is_genuine(secret, hook)` and `read(hook)`."""

_SHORTEST, _LONGEST = 16, 200


def switch(session: Session, *, is_on: bool, actor: Actor) -> CallSettings:
    """Let providers in, or nobody any more. Records calls.switched when that changes."""
    settings = session.scalar(select(CallSettings).with_for_update()) or CallSettings(is_enabled=False)
    session.add(settings)
    if settings.is_enabled != is_on:
        settings.is_enabled = is_on
        events.record(session, "calls.switched", actor=actor, is_on=is_on)
    session.flush()
    return settings


def switch_recordings(session: Session, *, is_on: bool, everybody_listens: bool, actor: Actor) -> None:
    """Keep recordings from now on, or no new ones. Raises InvalidInputError while calls are off."""
    settings = session.scalar(select(CallSettings).with_for_update())
    if settings is None or (is_on and not settings.is_enabled):
        raise InvalidInputError(_("Switch calls on first."))
    if settings.keeps_recordings != is_on or settings.everybody_listens != everybody_listens:
        settings.keeps_recordings, settings.everybody_listens = is_on, everybody_listens
        events.record(session, "recordings.switched", actor=actor, is_on=is_on, everybody_listens=everybody_listens)
    session.flush()


def keep_secret(session: Session, provider: str, secret: str, box: SealedBox) -> None:
    """Keep a provider's own secret in the place of the last. Raises InvalidInputError."""
    secret = secret.strip()
    if not (_SHORTEST <= len(secret) <= _LONGEST and secret.isascii() and secret.isprintable()):
        problem = _("This does not look like the whole secret. Copy it again from your provider.")
        raise InvalidInputError(problem, fields={provider: problem})
    row = queries.providers(session).get(provider) or CallProvider(id=new_id(), provider=provider)
    row.sealed_secret, row.changed_at = box.seal(secret, owner=_owner(row)), utc_now()
    session.add(row)
    session.flush()


def make_secret(session: Session, provider: str, box: SealedBox) -> str:
    """A new secret that the company gives to its telephone system; the last one works no longer."""
    secret = new_secret()
    keep_secret(session, provider, secret, box)
    return secret


def secret_of(row: CallProvider, box: SealedBox) -> str:
    """Raises SealError."""
    return box.open(row.sealed_secret, owner=_owner(row))


def _owner(row: CallProvider) -> str:
    return f"call_providers/{row.id}/sealed_secret"
