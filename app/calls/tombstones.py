"""Tombstones: what keeps the calls of an erased lead from coming back with a repeated message."""

import uuid
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.calls.models import Call, CallTombstone
from app.companies.vault import open_vault
from app.core.crypto import KeyRing, SealedBox

_KIND = "call"


def eraser(ring: KeyRing) -> Callable[[Session, uuid.UUID], None]:
    """`entomb`, as the erasing of leads asks for it."""
    return lambda session, lead_id: entomb(session, lead_id, open_vault(session, ring))


def entomb(session: Session, lead_id: uuid.UUID, box: SealedBox) -> None:
    """Before the lead's rows go: leave a fingerprint of each of its calls."""
    for provider, external_id in session.execute(
        select(Call.provider, Call.external_id).where(Call.lead_id == lead_id)
    ):
        session.add(CallTombstone(fingerprint=_fingerprint(provider, external_id, box)))
    session.flush()


def is_erased(session: Session, provider: str, external_id: str, box: SealedBox) -> bool:
    """True when the call belonged to a lead that was erased."""
    fingerprint = _fingerprint(provider, external_id, box)
    found = select(CallTombstone.id).where(CallTombstone.fingerprint == fingerprint)
    return session.scalar(found) is not None


def _fingerprint(provider: str, external_id: str, box: SealedBox) -> str:
    return box.fingerprint(f"{provider} {external_id}", kind=_KIND)
