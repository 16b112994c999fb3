"""All that the desk asks of the database. The functions run as leader_desk, demand a session of the staff, and write
the log themselves; what concerns a company, into that company's security log too."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.core.pagination import Position

ROLE = "leader_desk"


@dataclass(frozen=True)
class KeptStaff:
    """What is needed to check a password and a code."""

    staff_id: uuid.UUID
    password_hash: str
    wrapped_key: str
    sealed_code_key: str


class Request(NamedTuple):
    """A line of the list of requests. `of_company` is none when nobody was signed in."""

    id: uuid.UUID
    reference: str
    name: str
    subject: str
    state: str
    of_company: uuid.UUID | None
    company_name: str | None
    updated_at: datetime


class Found(NamedTuple):
    """An account that a search found."""

    id: uuid.UUID
    name: str
    created_at: datetime
    closed_at: datetime | None


class Account(NamedTuple):
    """The facts of an account."""

    id: uuid.UUID
    name: str
    created_at: datetime
    closed_at: datetime | None
    erase_at: datetime | None
    time_zone: str
    currency: str
    region: str
    is_demo: bool


class Colleague(NamedTuple):
    """Somebody who works with an account."""

    name: str
    role: str


class Linked(NamedTuple):
    """A connection of an account."""

    state: str
    connected_at: datetime


class Closing(NamedTuple):
    """An account that waits for a second person to close it."""

    id: uuid.UUID
    of_company: uuid.UUID
    company_name: str
    reason: str
    asked_by_name: str
    asked_at: datetime
    is_own: bool
    request_id: uuid.UUID
    """The owner's request, for the second person to read."""


def find_staff(session: Session, email: str) -> KeptStaff | None:
    row = session.execute(text("SELECT * FROM find_staff(:email)"), {"email": email}).one_or_none()
    return KeptStaff(**row._mapping) if row else None


def start_session(
    session: Session, staff_id: uuid.UUID, *, step: int, session_id: uuid.UUID, token_hash: bytes, until: datetime
) -> bool:
    """Begin a session. False when the code of this time step, or of a later one, was used before."""
    statement = text("SELECT start_staff_session(:staff_id, :step, :session_id, :given, :until)")
    given = {"staff_id": staff_id, "step": step, "session_id": session_id, "given": token_hash, "until": until}
    return bool(session.execute(statement, given).scalar_one())


def staff_of(session: Session, token_hash: bytes) -> tuple[uuid.UUID, str] | None:
    """Id and name of whose session this is."""
    row = session.execute(text("SELECT * FROM desk_staff(:given)"), {"given": token_hash}).one_or_none()
    return (row.staff_id, row.name) if row else None


def end_session(session: Session, token_hash: bytes) -> None:
    session.execute(text("SELECT end_staff_session(:given)"), {"given": token_hash})


def requests(session: Session, token_hash: bytes, state: str, after: Position | None, most: int) -> list[Request]:
    """Requests in this state, the longest waiting first."""
    statement = text("SELECT * FROM desk_requests(:given, :state, :at, :id, :most)")
    given = {"given": token_hash, "state": state, "most": most}
    place = {"at": after.at if after else None, "id": after.id if after else None}
    return [Request._make(row) for row in session.execute(statement, given | place)]


def enter_request(session: Session, token_hash: bytes, request_id: uuid.UUID, action: str) -> bool:
    """Open one thread for this transaction. False when there is none of this id."""
    statement = text("SELECT desk_enter_request(:given, :id, :action)")
    given = {"given": token_hash, "id": request_id, "action": action}
    return bool(session.execute(statement, given).scalar_one())


def find(session: Session, token_hash: bytes, company_id: uuid.UUID | None, email: str) -> list[Found]:
    """Accounts of this id, or with a member of this address."""
    statement = text("SELECT * FROM desk_find(:given, :company_id, :email)")
    given = {"given": token_hash, "company_id": company_id, "email": email}
    return [Found._make(row) for row in session.execute(statement, given)]


def account(session: Session, token_hash: bytes, company_id: uuid.UUID) -> Account | None:
    statement = text("SELECT * FROM desk_company(:given, :company_id)")
    row = session.execute(statement, {"given": token_hash, "company_id": company_id}).one_or_none()
    return Account._make(row) if row else None


def colleagues(session: Session, token_hash: bytes, company_id: uuid.UUID) -> list[Colleague]:
    statement = text("SELECT * FROM desk_members(:given, :company_id)")
    return [Colleague._make(row) for row in session.execute(statement, {"given": token_hash, "company_id": company_id})]


def connections(session: Session, token_hash: bytes, company_id: uuid.UUID) -> list[Linked]:
    statement = text("SELECT * FROM desk_connections(:given, :company_id)")
    return [Linked._make(row) for row in session.execute(statement, {"given": token_hash, "company_id": company_id})]


def end_two_step(
    session: Session, token_hash: bytes, company_id: uuid.UUID, reference: str
) -> tuple[str, uuid.UUID | None]:
    """`done` and whose it was, or why not: `not_verified`, `too_early`, `off`."""
    statement = text("SELECT outcome, user_id FROM desk_end_two_step(:given, :company_id, :reference)")
    given = {"given": token_hash, "company_id": company_id, "reference": reference}
    row = session.execute(statement, given).one()
    return row.outcome, row.user_id


class Grant(NamedTuple):
    """A customer's leave to look at their leads."""

    granted_by_name: str
    ends_at: datetime


class LeadLine(NamedTuple):
    """A line of the list of leads."""

    id: uuid.UUID
    name: str
    stage: str
    channel: str
    created_at: datetime


class ShownLead(NamedTuple):
    """A lead as the staff may read it."""

    id: uuid.UUID
    name: str
    email: str
    phone: str
    message: str
    stage: str
    value_minor: int | None
    currency: str
    channel: str
    source_words: str
    created_at: datetime


def grant(session: Session, token_hash: bytes, company_id: uuid.UUID) -> Grant | None:
    """The grant that lives now."""
    statement = text("SELECT * FROM desk_grant(:given, :company_id)")
    row = session.execute(statement, {"given": token_hash, "company_id": company_id}).one_or_none()
    return Grant._make(row) if row else None


def leads(
    session: Session, token_hash: bytes, company_id: uuid.UUID, before: Position | None, most: int
) -> list[LeadLine]:
    """Leads, the newest first; none without a grant, and that is written down as well."""
    statement = text("SELECT * FROM desk_leads(:given, :company_id, :at, :id, :most)")
    given = {"given": token_hash, "company_id": company_id, "most": most}
    place = {"at": before.at if before else None, "id": before.id if before else None}
    return [LeadLine._make(row) for row in session.execute(statement, given | place)]


def lead(session: Session, token_hash: bytes, company_id: uuid.UUID, lead_id: uuid.UUID) -> ShownLead | None:
    statement = text("SELECT * FROM desk_lead(:given, :company_id, :lead_id)")
    given = {"given": token_hash, "company_id": company_id, "lead_id": lead_id}
    row = session.execute(statement, given).one_or_none()
    return ShownLead._make(row) if row else None


def ask_closing(
    session: Session, token_hash: bytes, *, closing_id: uuid.UUID, company_id: uuid.UUID, reference: str, reason: str
) -> str:
    """`asked`, or why not: `closed`, `not_verified`, `asked_before`."""
    statement = text("SELECT desk_ask_closing(:given, :id, :company_id, :reference, :reason)")
    given = {"given": token_hash, "id": closing_id, "company_id": company_id, "reference": reference, "reason": reason}
    return str(session.execute(statement, given).scalar_one())


def closings(session: Session, token_hash: bytes) -> list[Closing]:
    """What waits for a second person, the longest first."""
    statement = text("SELECT * FROM desk_closings(:given)")
    return [Closing._make(row) for row in session.execute(statement, {"given": token_hash})]


def settle_closing(session: Session, token_hash: bytes, closing_id: uuid.UUID, outcome: str) -> uuid.UUID | None:
    """`confirmed` or `withdrawn`. The company; none when this person may not, or it was settled before."""
    statement = text("SELECT desk_settle_closing(:given, :id, :outcome)")
    found = session.execute(statement, {"given": token_hash, "id": closing_id, "outcome": outcome}).scalar_one()
    return uuid.UUID(str(found)) if found else None


def purge(session: Session, days: int) -> int:
    """Delete ended sessions, and entries of the log that are older; the number."""
    return int(session.execute(text("SELECT purge_desk(:days)"), {"days": days}).scalar_one())


def add_staff(connection: Connection, **values: object) -> bool:
    """As leader_desk, which the owner of the database alone may become. False when the address is taken."""
    statement = text("""
        INSERT INTO staff (id, email, name, password_hash, wrapped_key, sealed_code_key, last_step, created_at)
        VALUES (:id, :email, :name, :password_hash, :wrapped_key, :sealed_code_key, 0, now())
        ON CONFLICT DO NOTHING
    """)
    connection.execute(text(f"SET LOCAL ROLE {ROLE}"))
    return bool(connection.execute(statement, values).rowcount)


def remove_staff(connection: Connection, email: str) -> bool:
    """As the owner of the database; the sessions go too, the log stays. False when there is nobody of this address."""
    connection.execute(text(f"SET LOCAL ROLE {ROLE}"))
    return bool(
        connection.execute(text("DELETE FROM staff WHERE lower(email) = lower(:email)"), {"email": email}).rowcount
    )


def wrapped_keys(connection: Connection) -> list[tuple[uuid.UUID, str]]:
    connection.execute(text(f"SET LOCAL ROLE {ROLE}"))
    return [(row.id, row.wrapped_key) for row in connection.execute(text("SELECT id, wrapped_key FROM staff"))]


def keep_wrapped_key(connection: Connection, staff_id: uuid.UUID, wrapped_key: str) -> None:
    statement = text("UPDATE staff SET wrapped_key = :wrapped_key WHERE id = :id")
    connection.execute(statement, {"id": staff_id, "wrapped_key": wrapped_key})
