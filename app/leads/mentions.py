"""Mentions: `@name` in a note tells that person.

The name is a member's whole name, or the first one where only one member has it, in any case. Of two names that fit,
the longer is meant ("@Ann Lee" is not Ann). An e-mail address mentions nobody.
"""

import re
import uuid
from collections import Counter
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.models import Member, User

MOST = 20
"""Notes that mention more people than this mention the first ones."""


def members(session: Session) -> dict[uuid.UUID, str]:
    """Whom a note may mention: everybody in the company, by name."""
    statement = select(User.id, User.name).join(Member, Member.user_id == User.id).order_by(User.name, User.id)
    return {user_id: name for user_id, name in session.execute(statement)}  # noqa: C416 - dict() cannot type rows


def mentioned(body: str, names: Mapping[uuid.UUID, str]) -> list[uuid.UUID]:
    """Those whom the text mentions, in the order of the text."""
    called = _called(names)
    if not called or "@" not in body:
        return []
    spellings = "|".join(re.escape(name) for name in sorted(called, key=len, reverse=True))
    found = re.finditer(rf"(?<![\w.@])@({spellings})(?!\w)", body.casefold())
    return list(dict.fromkeys(user_id for hit in found for user_id in called[hit[1]]))[:MOST]


def _called(names: Mapping[uuid.UUID, str]) -> dict[str, list[uuid.UUID]]:
    """Each way of calling somebody → who is called so. Two of the same whole name are both meant."""
    called: dict[str, list[uuid.UUID]] = {}
    for user_id, name in names.items():
        if name.strip():
            called.setdefault(name.strip().casefold(), []).append(user_id)
    firsts = Counter(name.split()[0].casefold() for name in names.values() if name.strip())
    for user_id, name in names.items():
        first = name.split()[0].casefold() if name.strip() else ""
        if first and firsts[first] == 1:
            called.setdefault(first, [user_id])
    return called
