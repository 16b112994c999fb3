"""Both locks: the session's own (ORM) and the database's (row-level security)."""

import uuid

import pytest
from sqlalchemy import Executable, delete, event, func, insert, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session, aliased

from app.auth import gates
from app.auth.models import Member, SignInSession, User
from app.companies.models import Company, CompanyKey
from app.core.db import Base
from app.core.events import Event
from app.core.ids import secret_hash
from app.core.tenancy import TenancyError, assume, company_of, serve
from app.factory import create_app
from tests.fixtures.application import NewSession, Owner
from tests.fixtures.people import Person

assert create_app  # every model is known once the factory is


def _members(session: Session) -> list[uuid.UUID]:
    return list(session.scalars(select(Member.user_id)))


# The first lock


def test_a_session_sees_its_own_company(new_session: NewSession, alice: Person, bob: Person) -> None:
    for person in (alice, bob, alice):
        session = new_session()
        serve(session, person.company_id)
        assert _members(session) == [person.user_id]


def test_every_kind_of_reading_is_filtered(session: Session, alice: Person, bob: Person) -> None:
    serve(session, alice.company_id)
    other = aliased(Member)
    bobs = select(Member.id).where(Member.company_id == bob.company_id)
    assert session.scalars(bobs).all() == []
    assert session.scalar(select(func.count()).select_from(Member)) == 1
    assert session.scalars(select(other.user_id)).all() == [alice.user_id]
    assert session.execute(select(User.name).join(Member, Member.user_id == User.id)).all() == [("Alice",)]
    assert session.execute(select(Member.id).join(other, other.role == Member.role)).all() != []
    assert len(session.execute(select(Member.id, other.id).join(other, other.role == Member.role)).all()) == 1
    assert session.scalar(select(Member.id).where(Member.id.in_(bobs))) is None


STATEMENTS = {
    "rows": select(Member.user_id),
    "count": select(func.count()).select_from(Member),
    "join": select(User).join(Member, Member.user_id == User.id),
    "in a subquery": select(User).where(User.id.in_(select(Member.user_id))),
    "subquery as a column": select(User.id, select(func.count(Member.id)).scalar_subquery()),
    "update": update(Member).values(role="owner"),
    "delete": delete(Member),
}


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_the_first_lock_holds_alone(session: Session, alice: Person, statement: Executable) -> None:
    """The filter stands in the SQL itself, whatever the database adds."""
    serve(session, alice.company_id)
    sent: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, sql: str, values: object, *_rest: object) -> None:
        sent.append((sql, values))

    event.listen(session.get_bind(), "before_cursor_execute", note)
    session.execute(statement)
    event.remove(session.get_bind(), "before_cursor_execute", note)
    sql, values = sent[-1]
    assert "members.company_id = " in sql
    assert alice.company_id in dict(values).values()  # type: ignore[call-overload]


def test_another_companys_row_cannot_be_fetched_by_its_key(
    session: Session, alice: Person, bob: Person, owner: Owner
) -> None:
    row = owner.execute("SELECT id FROM members WHERE company_id = %s", (bob.company_id,)).fetchone()
    assert row
    serve(session, alice.company_id)
    assert session.get(Member, (bob.company_id, row[0])) is None
    assert session.get(Member, (alice.company_id, row[0])) is None


def test_bulk_changes_are_filtered(session: Session, alice: Person, bob: Person, owner: Owner) -> None:
    serve(session, alice.company_id)
    session.execute(update(Member).values(job_title="Changed"))
    session.execute(delete(SignInSession))
    session.commit()
    assert owner.execute("SELECT company_id FROM members WHERE job_title = 'Changed'").fetchall() == [
        (alice.company_id,)
    ]
    assert owner.execute("SELECT company_id FROM sign_in_sessions").fetchall() == [(bob.company_id,)]


ENTITIES = {
    "entity": select(Member),
    "alias": select(User, aliased(Member).role),
    "insert": insert(Member).values(role="owner"),
}


@pytest.mark.parametrize("statement", [*STATEMENTS.values(), *ENTITIES.values()], ids=[*STATEMENTS, *ENTITIES])
def test_without_a_company_nothing_is_asked(session: Session, statement: object) -> None:
    with pytest.raises(TenancyError):
        session.execute(statement)  # type: ignore[call-overload]


def test_new_rows_are_stamped(session: Session, alice: Person) -> None:
    serve(session, alice.company_id)
    row = Event(type="test.stamp", lead_id=None, actor_id=None)
    session.add(row)
    session.commit()
    assert row.company_id == alice.company_id


def test_a_row_without_a_company_to_stamp_it_with(session: Session) -> None:
    session.add(Event(type="test.stamp", lead_id=None, actor_id=None))
    with pytest.raises(TenancyError):
        session.flush()


def test_a_foreign_row_is_not_flushed(new_session: NewSession, alice: Person, bob: Person) -> None:
    session = new_session()
    serve(session, alice.company_id)
    session.add(Event(company_id=bob.company_id, type="test.foreign", lead_id=None, actor_id=None))
    with pytest.raises(TenancyError):
        session.flush()


def test_a_row_carried_over_from_another_session_is_not_changed(
    new_session: NewSession, alice: Person, bob: Person
) -> None:
    bobs, session = new_session(), new_session()
    serve(bobs, bob.company_id)
    member = bobs.scalars(select(Member)).one()
    bobs.expunge(member)
    serve(session, alice.company_id)
    session.add(member)
    member.role = "viewer"
    with pytest.raises(TenancyError):
        session.flush()


def test_bulk_inserts_are_refused(session: Session, alice: Person) -> None:
    serve(session, alice.company_id)
    with pytest.raises(TenancyError):
        session.execute(insert(Event), [{"type": "test.bulk"}])


def test_a_session_keeps_its_company(session: Session, alice: Person, bob: Person) -> None:
    serve(session, alice.company_id)
    serve(session, alice.company_id)
    for move in (serve, assume):
        with pytest.raises(TenancyError):
            move(session, bob.company_id)
    session.rollback()
    assert company_of(session) == alice.company_id
    assert _members(session) == [alice.user_id]


def test_no_company_to_name(session: Session) -> None:
    with pytest.raises(TenancyError):
        company_of(session)


# The second lock


def _visible(session: Session, table: str) -> int:
    return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608


def test_the_product_is_neither_owner_nor_superuser(session: Session) -> None:
    row = session.execute(
        text("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
    ).one()
    assert tuple(row) == ("leader_app", False, False)


def test_every_table_is_locked(owner: Owner) -> None:
    rows = owner.execute(
        "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE nspname = 'public' AND relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)"
    ).fetchall()
    assert [name for (name,) in rows] == ["alembic_version"]


_READABLE = (
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    " AND has_table_privilege('leader_app', format('%I.%I', schemaname, tablename), 'SELECT')"
)
"""The tables that the product may read at all: those of the support desk are closed to it."""


def test_raw_sql_sees_nothing_while_no_company_is_served(session: Session, alice: Person, owner: Owner) -> None:
    readable = {row[0] for row in owner.execute(_READABLE).fetchall()}
    for table in readable & set(Base.metadata.tables):
        assert _visible(session, table) == 0, table
    assert {"leads", "members", "events"} <= readable
    assert owner.execute("SELECT count(*) FROM members").fetchone() == (1,)


def test_raw_sql_sees_one_company(new_session: NewSession, alice: Person, bob: Person) -> None:
    session = new_session()
    serve(session, alice.company_id)
    for table in ("companies", "users", "members", "company_keys", "sign_in_sessions", "stages"):
        column = {"companies": "id", "users": "id"}.get(table, "company_id")
        seen = set(session.execute(text(f"SELECT {column} FROM {table}")).scalars())  # noqa: S608
        assert seen == {alice.user_id if table == "users" else alice.company_id}, table


def test_raw_sql_changes_one_company(session: Session, alice: Person, bob: Person, owner: Owner) -> None:
    serve(session, alice.company_id)
    session.execute(text("UPDATE members SET job_title = 'Changed'"))
    session.execute(text("UPDATE users SET name = 'Changed'"))
    session.execute(text("UPDATE companies SET name = 'Changed'"))
    session.commit()
    assert owner.execute("SELECT job_title FROM members WHERE user_id = %s", (bob.user_id,)).fetchone() == ("Owner",)
    assert owner.execute("SELECT name FROM users WHERE id = %s", (bob.user_id,)).fetchone() == ("Bob",)
    assert owner.execute("SELECT name FROM companies WHERE id = %s", (bob.company_id,)).fetchone() == (
        bob.company_name,
    )


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO members (company_id, id, user_id, role, job_title, created_at)"
        " VALUES (:bob, gen_random_uuid(), :user, 'owner', '', now())",
        "INSERT INTO company_keys (company_id, id, wrapped_key, created_at)"
        " VALUES (:bob, gen_random_uuid(), 'x', now())",
        "UPDATE members SET company_id = :bob WHERE user_id = :user",
        "INSERT INTO companies (id, name, time_zone, currency, region, is_demo, created_at)"
        " VALUES (gen_random_uuid(), 'x', 'x', 'x', 'x', false, now())",
    ],
)
def test_raw_sql_writes_no_row_of_another_company(session: Session, alice: Person, bob: Person, statement: str) -> None:
    serve(session, alice.company_id)
    with pytest.raises(ProgrammingError, match="row-level security"):
        session.execute(text(statement), {"bob": bob.company_id, "user": alice.user_id})


@pytest.mark.parametrize("table", ["events", "receipt_entries", "stage_changes", "inbox_items"])
def test_what_is_on_record_stays(session: Session, alice: Person, table: str) -> None:
    serve(session, alice.company_id)
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id"):  # noqa: S608
        with pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(text(statement))
        session.rollback()


def test_opening_a_session_tells_its_own_transaction_only(new_session: NewSession, alice: Person) -> None:
    session = new_session()
    token = alice.client.cookie("leader_session")
    found = gates.open_session(session, secret_hash(token or ""))
    assert found and found.company_id == alice.company_id
    assert _visible(session, "members") == 1
    connection = session.connection().connection.driver_connection
    assert connection is not None
    session.rollback()
    setting = connection.execute("SELECT current_setting('app.company_id', true)").fetchone()
    connection.rollback()
    assert setting == ("",)
    assert _visible(session, "members") == 1  # its next transaction is told again


def test_a_failed_statement_does_not_unlock(session: Session, alice: Person) -> None:
    serve(session, alice.company_id)
    with pytest.raises(ProgrammingError):
        session.execute(text("SELECT nonsense"))
    session.rollback()
    assert _visible(session, "members") == 1


def test_companies_and_keys_are_not_listed_by_the_gates(session: Session, alice: Person) -> None:
    assert gates.open_session(session, b"\0" * 32) is None
    assert gates.find_sign_in(session, "nobody@example.com") is None
    for model in (Company, CompanyKey):
        assert _visible(session, model.__tablename__) == 0
