"""What imports ask the database by hand-written SQL: the import that is due, who is a lead already, what may go."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.tenancy import company_of

_CLAIM = text("SELECT company_id, import_id, claim, attempts FROM claim_lead_import(:lease)")
_KNOWN = text("SELECT address, number FROM known_people(:addresses, :numbers)")
_PURGE = text("SELECT purge_import_pieces()")
# Row-level security keeps it inside the served company. Only leads that nobody has touched since they came.
_REMOVE = text(
    "DELETE FROM leads WHERE (company_id, id) IN ("
    " SELECT l.company_id, l.id FROM leads l WHERE l.company_id = :company_id AND l.import_id = :import_id"
    " AND NOT EXISTS (SELECT 1 FROM events e WHERE e.company_id = l.company_id AND e.lead_id = l.id"
    " AND e.type NOT IN ('lead.arrived', 'lead.click_explained'))"
    " AND NOT EXISTS (SELECT 1 FROM conversion_uploads u WHERE u.company_id = l.company_id AND u.lead_id = l.id)"
    " LIMIT :most)"
)
# Rough: whoever asks looks at each line. Row-level security keeps it inside the served company.
_WITH = text(
    "SELECT id FROM import_pieces p CROSS JOIN LATERAL (SELECT convert_from(p.body, 'UTF8') AS words) b"
    " WHERE p.company_id = :company_id AND ((:address <> '' AND strpos(lower(b.words), :address) > 0)"
    " OR (:tail <> '' AND strpos(regexp_replace(b.words, '[^0-9]', '', 'g'), :tail) > 0)) ORDER BY id"
)


@dataclass(frozen=True)
class Claimed:
    """An import that this worker works on; every piece names the claim."""

    company_id: uuid.UUID
    import_id: uuid.UUID
    claim: int
    attempts: int


def claim(session: Session, lease: timedelta) -> Claimed | None:
    """The import that has been due the longest, claimed. Commit before acting on it."""
    row = session.execute(_CLAIM, {"lease": lease}).one_or_none()
    return Claimed(*row) if row else None


def known(session: Session, addresses: Collection[str], numbers: Collection[str]) -> tuple[set[str], set[str]]:
    """Which of these e-mail addresses (in lower case) and numbers (E.164) belong to leads of the served company."""
    found = session.execute(_KNOWN, {"addresses": list(addresses), "numbers": list(numbers)}).all()
    return {row.address for row in found if row.address}, {row.number for row in found if row.number}


def remove_untouched(session: Session, company_id: uuid.UUID, import_id: uuid.UUID, most: int) -> int:
    """Delete up to `most` leads of the import that nobody has worked on; how many."""
    given = {"company_id": company_id, "import_id": import_id, "most": most}
    return session.execute(_REMOVE, given).rowcount  # type: ignore[attr-defined, no-any-return] # a DELETE counts


def pieces_with(session: Session, address: str, number: str) -> list[uuid.UUID]:
    """The served company's pieces that may hold this e-mail address (in lower case) or number (digits)."""
    given = {"company_id": company_of(session), "address": address, "tail": number[-7:]}
    return list(session.scalars(_WITH, given))


def purge(session: Session) -> int:
    """Forget lines that have had their days, in every company; how many pieces."""
    return int(session.execute(_PURGE).scalar_one())
