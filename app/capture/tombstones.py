"""Tombstones: what keeps an erased lead from coming back.

A browser, a webhook or a program may send the same again, days later. The inbox item of an erased lead therefore stays,
empty: its client event id becomes a fingerprint under the company's key, which a repeated sending has too.
"""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.capture import gates
from app.capture.models import InboxItem
from app.companies.vault import open_vault
from app.core.crypto import KeyRing, SealedBox

_KIND = "client_event_id"


def entomb(session: Session, lead_id: uuid.UUID, box: SealedBox) -> None:
    """Empty the inbox item of a lead that is gone. A lead that did not come through the inbox has none."""
    item = session.scalar(select(InboxItem).where(InboxItem.id == lead_id, InboxItem.erased_at.is_(None)))
    if item is not None:
        gates.entomb(session, item.id, _fingerprint(item, box))
        session.expire(item)


def forget_repeated(session: Session, item: InboxItem, ring: KeyRing) -> bool:
    """True when the item repeats a sending of an erased lead: nothing of it is kept then."""
    if session.scalar(select(InboxItem.id).where(InboxItem.erased_at.is_not(None)).limit(1)) is None:
        return False  # nearly always, and opening the vault takes a while
    fingerprint = _fingerprint(item, open_vault(session, ring))
    is_known = select(InboxItem.id).where(InboxItem.erased_at.is_not(None), InboxItem.client_event_id == fingerprint)
    if session.scalar(is_known) is None:
        return False
    gates.entomb(session, item.id, fingerprint)
    return True


def _fingerprint(item: InboxItem, box: SealedBox) -> str:
    return box.fingerprint(f"{item.capture_source_id} {item.client_event_id}", kind=_KIND)
