"""What is asked before the company is known or across companies."""

import re
import uuid
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

_KEY = re.compile(r"[0-9A-Za-z_-]{20,100}")


@dataclass(frozen=True)
class Subscriber:
    """Whose mail a link ends."""

    company_id: uuid.UUID
    user_id: uuid.UUID


def find_subscriber(session: Session, key: str) -> Subscriber | None:
    if not _KEY.fullmatch(key):
        return None
    row = session.execute(text("SELECT * FROM find_subscriber(:key)"), {"key": key}).one_or_none()
    return Subscriber(*row) if row else None


def due_digests(session: Session, most: int) -> list[Subscriber]:
    """Members of any company whose digest is due."""
    return [Subscriber(*row) for row in session.execute(text("SELECT * FROM due_digests(:most)"), {"most": most})]


def purge(session: Session) -> int:
    """Delete notifications whose retention has passed; the number."""
    return int(session.execute(text("SELECT purge_notifications()")).scalar_one())
