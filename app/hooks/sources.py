"""Addresses that other programs call: Google's lead form and webhooks. Each is a capture source with a key of its own.

The address holds 128 random bits, and whoever knows it may send. Google sends a shared key in the body as well: only
its hash is kept here, and it is taken out before the body is kept.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from app.capture import lead_forms, webhooks
from app.capture.bodies import parsed
from app.capture.gates import OpenHook, Parcel
from app.capture.models import CaptureSource, InboxItem
from app.core import events, ids
from app.core.clock import utc_now
from app.core.errors import PermanentError
from app.core.events import Actor
from app.core.queue import ring_after_commit
from app.core.words import gettext as _

LEAD_FORM, WEBHOOK = "lead_form", "webhook"
MOST_SHOWN = 10


class WrongKeyError(PermanentError):
    """The shared key in the body is not the company's."""

    def __init__(self) -> None:
        super().__init__(_("The key in this message is wrong."), reason="wrong_key")


@dataclass(frozen=True)
class Arrived:
    """One message as the inspector shows it."""

    item: InboxItem
    text: str


def find(session: Session, kind: str) -> CaptureSource | None:
    """The company's source of this kind; none before it was made."""
    return session.scalars(select(CaptureSource).where(CaptureSource.kind == kind).limit(1)).one_or_none()


def make(session: Session, kind: str, *, actor: Actor) -> CaptureSource:
    """The company's source of this kind, made if there is none."""
    source = find(session, kind)
    if source is None:
        name = _("Google lead form") if kind == LEAD_FORM else _("Webhook")
        source = CaptureSource(kind=kind, name=name, site_key="h" + ids.new_public_key(), notice="")
        session.add(source)
        session.flush()
        events.record(session, "capture.source_made", actor=actor, kind=kind)
    return source


def renew_key(session: Session, source: CaptureSource, *, actor: Actor) -> str:
    """A new shared key, shown once; the last one is worth nothing any more."""
    key = ids.new_secret()
    source.key_hash = ids.secret_hash(key)
    events.record(session, "capture.key_renewed", actor=actor, kind=source.kind)
    return key


def parcel(hook: OpenHook, raw: bytes, given_id: str, *, ip_address: str) -> Parcel:
    """The message as it goes into the inbox. Raises WrongKeyError, MalformedError and InvalidInputError."""
    if hook.kind == LEAD_FORM:
        if hook.key_hash is None or not hmac.compare_digest(ids.secret_hash(lead_forms.key_of(raw)), hook.key_hash):
            raise WrongKeyError
        event_id = lead_forms.event_id(raw) or str(ids.new_id())
        body = json.dumps({name: value for name, value in parsed(raw).items() if name != "google_key"}).encode()
    else:
        parsed(raw)
        event_id, body = webhooks.event_id(raw, given_id, f"{utc_now():%Y-%m-%d}"), raw
    return Parcel(event_id, hook.kind, body, ip_address=ip_address, user_agent="")


def newest(session: Session, source: CaptureSource) -> Sequence[Arrived]:
    """The last messages that arrived, the newest first."""
    statement = select(InboxItem).where(InboxItem.capture_source_id == source.id, InboxItem.erased_at.is_(None))
    items = session.scalars(statement.order_by(InboxItem.id.desc()).limit(MOST_SHOWN)).all()
    return [Arrived(item, webhooks.masked(item.body)) for item in items]


def waiting(session: Session, source: CaptureSource) -> int:
    """How many messages no lead was made of yet."""
    return session.scalar(select(func.count()).select_from(InboxItem).where(*_waiting(source))) or 0


def choose(session: Session, source: CaptureSource, mapping: Mapping[str, str], *, actor: Actor) -> None:
    """Say what the parts of a webhook's messages are, and read those again that wait."""
    source.mapping = {path[:500]: part for path, part in mapping.items() if part in webhooks.PARTS}
    events.record(session, "capture.mapping_changed", actor=actor)
    replay(session, source)


def replay(session: Session, source: CaptureSource) -> None:
    """Read the messages once more that no lead was made of."""
    session.execute(
        update(InboxItem)
        .where(*_waiting(source))
        .values(due_at=func.now())
        .execution_options(synchronize_session=False)
    )
    ring_after_commit(session, "capture", "app.capture.jobs.take_in_waiting")


def _waiting(source: CaptureSource) -> tuple[ColumnElement[bool], ...]:
    return (
        InboxItem.capture_source_id == source.id,
        InboxItem.taken_in_at.is_(None),
        InboxItem.erased_at.is_(None),
    )
