"""Tenancy, the first lock: one database session serves one company for its whole life.

ORM statements on company-owned models are filtered to that company and refused when there is none; new rows are
stamped with it; a row of another company cannot be flushed. The second lock is PostgreSQL's row-level security,
fed by `app.company_id`, which is set at the start of each transaction (migrations hold the policies). In the same way
`app.only_of` names the member who sees their own leads alone, and the policies `own_leads` keep to it (ADR 10).
"""

import contextlib
import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Executable, ForeignKey, Table, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import (
    Mapped,
    ORMExecuteState,
    Session,
    SessionTransaction,
    declared_attr,
    mapped_column,
    with_loader_criteria,
)
from sqlalchemy.sql import visitors

from app.core.ids import new_id

_KEY = "company_id"
_ONLY = "only_of"


class TenancyError(RuntimeError):
    """The program tried to cross a company's border: a defect, never a visitor's mistake."""


class CompanyOwned:
    """Mixin of every model that belongs to a company: its key is (company_id, id)."""

    @declared_attr
    def company_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805 - SQLAlchemy hands over the class
        return mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True, sort_order=-2)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-1)


def serve(session: Session, company_id: uuid.UUID, *, only_of: uuid.UUID | None = None) -> None:
    """Bind the session to a company, and to the leads of one member where `only_of` names one. Raises TenancyError
    when it already serves another."""
    assume(session, company_id, only_of=only_of)
    if session.in_transaction():
        _tell_database(session.connection(), company_id, only_of)


def assume(session: Session, company_id: uuid.UUID, *, only_of: uuid.UUID | None = None) -> None:
    """As `serve`, where a gate function has told the database already in this transaction."""
    if session.info.setdefault(_KEY, company_id) != company_id:
        raise TenancyError("a session cannot move to another company")
    if session.info.setdefault(_ONLY, only_of) != only_of:
        raise TenancyError("a session cannot become another person's")


def company_of(session: Session) -> uuid.UUID:
    """The company that this session serves. Raises TenancyError when it serves none."""
    company_id: uuid.UUID | None = session.info.get(_KEY)
    if company_id is None:
        raise TenancyError("this session serves no company yet")
    return company_id


def only_of(session: Session) -> uuid.UUID | None:
    """The member whose leads alone this session sees; none when it sees them all."""
    found: uuid.UUID | None = session.info.get(_ONLY)
    return found


@contextlib.contextmanager
def seeing_all(session: Session) -> Iterator[None]:
    """For what a rule must write after it has decided: whoever sees their own leads alone may give one away, which
    hides it from them in the middle of the change."""
    member = only_of(session)
    if member is None:
        yield
        return
    company_id = company_of(session)
    _tell_database(session.connection(), company_id, None)
    try:
        yield
        session.flush()
    finally:
        with contextlib.suppress(DBAPIError):  # a transaction that failed ends, and the next one is told anew
            _tell_database(session.connection(), company_id, member)


def serves_a_company(session: Session) -> bool:
    """True once the session is bound to a company."""
    return _KEY in session.info


def install(session_type: type[Session] | Any) -> None:
    """Watch every session of this type."""
    event.listen(session_type, "after_begin", _announce)
    event.listen(session_type, "do_orm_execute", _restrict)
    event.listen(session_type, "before_flush", _stamp)


def _announce(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    company_id = session.info.get(_KEY)
    if company_id is not None:
        _tell_database(connection, company_id, session.info.get(_ONLY))


_TELL = text("SELECT set_config('app.company_id', :company_id, true), set_config('app.only_of', :only_of, true)")


def _tell_database(connection: Connection, company_id: uuid.UUID, only_of: uuid.UUID | None) -> None:
    connection.execute(_TELL, {"company_id": str(company_id), "only_of": str(only_of or "")})


def _restrict(state: ORMExecuteState) -> None:
    if not state.is_orm_statement:
        return
    if state.is_insert and any(issubclass(mapper.class_, CompanyOwned) for mapper in state.all_mappers):
        raise TenancyError("bulk inserts pass by the stamp: add objects, or use a named gate")
    if not serves_a_company(state.session):
        _refuse_owned(state.statement)
        return
    company_id = company_of(state.session)
    state.statement = state.statement.options(
        with_loader_criteria(CompanyOwned, lambda model: model.company_id == company_id, include_aliases=True)
    )


def _refuse_owned(statement: Executable) -> None:
    """Refuse what names a company's table anywhere: joined, counted or in a subquery too."""
    for element in visitors.iterate(statement):  # type: ignore[arg-type] # an ORM statement is traversable
        if isinstance(element, Table) and "company_id" in element.c:
            raise TenancyError("this session serves no company yet")


def _stamp(session: Session, _context: object, _instances: object) -> None:
    for row in [*session.new, *session.dirty, *session.deleted]:
        if not isinstance(row, CompanyOwned):
            continue
        company_id = company_of(session)
        if row.company_id is None:
            row.company_id = company_id
        elif row.company_id != company_id:
            raise TenancyError("a row of another company cannot be written")
