"""The outbox's writes, for one upload or two thousand in the same few statements.

Each names the company beside the ids, and row-level security looks after it; each move names the claims under which it
is made. Entries are chained (`chain.py`); the caller has the uploads' rows locked, or just made them.
"""

import json
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.conversions.chain import hash_entry
from app.conversions.gates import Claimed
from app.conversions.judging import Carried, Move
from app.core.clock import utc_now
from app.core.ids import new_id
from app.core.tenancy import company_of

_HELD = "unnest(CAST(:ids AS uuid[]), CAST(:claims AS integer[])) AS held (id, claim)"
_LOAD = text(f"""
    SELECT u.id, u.connection_id, u.version, u.attempts, u.unclear, u.polls, u.created_at, u.sent_at, u.request_id,
           u.request_size, CAST(u.payload - 'events' AS text), CAST(u.payload #> '{{events,0}}' AS text)
      FROM conversion_uploads u JOIN {_HELD} ON u.id = held.id AND u.claim = held.claim
     WHERE u.company_id = :company ORDER BY u.id
""")  # noqa: S608 - names from the constant above
_MOVE = text(f"""
    UPDATE conversion_uploads u
       SET state = :state, reason = :reason, due_at = coalesce(now() + CAST(:pause AS interval), u.due_at),
           settled_at = CASE WHEN :is_settled THEN now() ELSE u.settled_at END,
           polls = coalesce(:polls, u.polls),
           request_limit = CASE WHEN :is_sent THEN NULL ELSE coalesce(:limit, u.request_limit) END,
           sent_at = CASE WHEN :is_sent THEN now() ELSE u.sent_at END,
           request_id = CASE WHEN :is_sent THEN :request_id ELSE u.request_id END,
           request_size = CASE WHEN :is_sent THEN :size ELSE u.request_size END
      FROM {_HELD}
     WHERE u.company_id = :company AND u.id = held.id AND u.claim = held.claim
    RETURNING u.id
""")  # noqa: S608
_CLEAR = text(f"""
    UPDATE conversion_uploads u SET unclear = u.unclear - 1
      FROM {_HELD}
     WHERE u.company_id = :company AND u.id = held.id
       AND (u.claim = held.claim OR (u.claim = held.claim + 1 AND u.state = 'held'))
""")  # noqa: S608
_GIVE_BACK = text(f"""
    UPDATE conversion_uploads u SET due_at = now(), state = CASE WHEN u.state = 'sent' THEN 'sent' ELSE 'pending' END
      FROM {_HELD}
     WHERE u.company_id = :company AND u.id = held.id AND u.claim = held.claim
""")  # noqa: S608
_LAST = text("""
    SELECT DISTINCT ON (upload_id) upload_id, position, hash FROM receipt_entries
     WHERE company_id = :company AND upload_id = ANY(CAST(:ids AS uuid[])) ORDER BY upload_id, position DESC
""")
_ADD = text("""
    INSERT INTO receipt_entries (company_id, id, upload_id, position, hash, kind, data, at)
    SELECT :company, made.id, made.upload_id, made.position, made.hash, :kind, CAST(:data AS jsonb), :at
      FROM unnest(CAST(:entries AS uuid[]), CAST(:ids AS uuid[]), CAST(:positions AS integer[]),
                  CAST(:hashes AS bytea[])) AS made (id, upload_id, position, hash)
""")


def load(session: Session, claims: Sequence[Claimed]) -> list[Carried]:
    """What the claims still hold, as it is now; another worker may have taken some over."""
    by_id = {claimed.upload_id: claimed for claimed in claims}
    return [Carried(by_id[row[0]], *row[1:]) for row in session.execute(_LOAD, _held(session, claims))]


def move(session: Session, claims: Sequence[Claimed], move: Move) -> None:
    """Make the move for each whose claim still holds, with a line on its receipt."""
    if move.for_nothing:
        clear(session, claims)
    values = {
        "state": move.state,
        "reason": move.reason,
        "pause": move.pause,
        "polls": move.polls,
        "limit": move.limit,
        "is_settled": move.state in ("accepted", "rejected", "skipped", "parked"),
        "is_sent": bool(move.request_id),
        "request_id": move.request_id,
        "size": move.size,
    }
    moved = session.scalars(_MOVE, values | _held(session, claims)).all()
    told = {"reason": move.reason, "request_id": move.request_id, "again": move.is_again}
    add_entries(session, moved, move.entry or move.state, **told)


def clear(session: Session, claims: Sequence[Claimed]) -> None:
    """Nothing reached Google under these claims, so they do not make an upload one that may be there. The connection
    may have been found broken under them, which has put the uploads on hold already."""
    sendings = [claimed for claimed in claims if claimed.was != "sent"]
    session.execute(_CLEAR, _held(session, sendings))


def give_back(session: Session, claims: Sequence[Claimed]) -> None:
    """Nothing was done under these claims: the uploads are due at once, for whoever comes."""
    session.execute(_GIVE_BACK, _held(session, claims))


def add_entries(session: Session, upload_ids: Sequence[uuid.UUID], kind: str, **data: Any) -> None:
    """One line on the receipt of each."""
    if not upload_ids:
        return
    session.flush()
    company, told, at = company_of(session), {key: value for key, value in data.items() if value}, utc_now()
    found = session.execute(_LAST, {"company": company, "ids": as_array(upload_ids)})
    last = {row.upload_id: (row.position, row.hash) for row in found}
    positions: list[int] = []
    hashes: list[str] = []
    for upload_id in upload_ids:
        position, before = last.get(upload_id, (0, b""))
        positions.append(position + 1)
        made = hash_entry(before, upload_id=upload_id, position=position + 1, kind=kind, data=told, at=at)
        hashes.append(f'"\\\\x{made.hex()}"')
    ids = {"entries": as_array([new_id() for _ in upload_ids]), "ids": as_array(upload_ids)}
    ids |= {"positions": as_array(positions), "hashes": as_array(hashes)}
    session.execute(_ADD, {"company": company, "kind": kind, "data": json.dumps(told), "at": at, **ids})


def _held(session: Session, claims: Sequence[Claimed]) -> dict[str, Any]:
    return {
        "company": company_of(session),
        "ids": as_array([claimed.upload_id for claimed in claims]),
        "claims": as_array([claimed.claim for claimed in claims]),
    }


def as_array(values: Iterable[object]) -> str:
    """Ids or numbers as PostgreSQL writes an array: a list of two thousand takes the driver ten times as long."""
    return f"{{{','.join(map(str, values))}}}"
