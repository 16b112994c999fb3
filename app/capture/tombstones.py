"""Tombstones: what keeps an erased lead from coming back.

A browser, a webhook or a program may send the same again, days later. The inbox item of an erased lead therefore stays,
empty: its client event id becomes a mark (`app/core/marks.py`), which a repeated sending has too. Tombstones from
before there were marks hold a fingerprint under the company's key, by which a repeated sending is known as well.
"""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.capture import gates
from app.capture.models import InboxItem
from app.companies.vault import open_vault
from app.core.crypto import KeyRing
from app.core.marks import Marker

_KIND = "client_event_id"


def entomb(session: Session, lead_id: uuid.UUID, marker: Marker) -> None:
    """Empty the inbox item of a lead that is gone. A lead that did not come through the inbox has none."""
    item = session.scalar(select(InboxItem).where(InboxItem.id == lead_id, InboxItem.erased_at.is_(None)))
    if item is not None:
        gates.entomb(session, item.id, mark_of(item.company_id, item.capture_source_id, item.client_event_id, marker))
        session.expire(item)


def forget_repeated(session: Session, item: InboxItem, marker: Marker, ring: KeyRing) -> bool:
    """True when the item repeats a sending of an erased lead: nothing of it is kept then."""
    if session.scalar(select(InboxItem.id).where(InboxItem.erased_at.is_not(None)).limit(1)) is None:
        return False  # nearly always, and opening the vault takes a while
    mark = mark_of(item.company_id, item.capture_source_id, item.client_event_id, marker)
    box = open_vault(session, ring)
    former = box.fingerprint(f"{item.capture_source_id} {item.client_event_id}", kind=_KIND)
    is_known = select(InboxItem.id).where(
        InboxItem.erased_at.is_not(None), InboxItem.client_event_id.in_((mark, former))
    )
    if session.scalar(is_known.limit(1)) is None:
        return False
    gates.entomb(session, item.id, mark)
    return True


def mark_of(company_id: uuid.UUID, source_id: uuid.UUID, client_event_id: str, marker: Marker) -> str:
    """By what a repeated sending is known."""
    return marker.mark(company_id, f"{source_id} {client_event_id}", kind=_KIND)
