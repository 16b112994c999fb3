"""What the house rules say about every table, asked of the real database."""

import pytest

from app.core.db import Base
from app.core.tenancy import CompanyOwned
from app.factory import create_app  # noqa: F401 - loads every model
from tests.fixtures.application import Owner

GLOBAL_TABLES = {
    "companies",
    "deletion_certificates",
    "erasure_ledger",
    "mailed_links",
    "mails",
    "passed_requests",
    "second_factors",
    "staff",
    "staff_closings",
    "staff_entries",
    "staff_sessions",
    "statistics_releases",
    "support_files",
    "support_messages",
    "support_requests",
    "users",
}
"""Their own policies stand in their migrations."""


def test_every_model_belongs_to_a_company() -> None:
    others = {
        mapper.class_.__tablename__ for mapper in Base.registry.mappers if not issubclass(mapper.class_, CompanyOwned)
    }
    assert others == GLOBAL_TABLES


def test_models_and_migrations_agree(owner: Owner) -> None:
    rows = owner.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    ).fetchall()
    in_database = {(str(table), str(column)) for table, column in rows if table != "alembic_version"}
    in_models = {(table.name, column.name) for table in Base.metadata.tables.values() for column in table.columns}
    assert in_database == in_models


def test_the_second_lock_is_on_every_table(owner: Owner) -> None:
    rows = owner.execute(
        "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'"
    ).fetchall()
    assert rows
    assert not [name for name, enabled, forced in rows if not (enabled and forced)]


def test_the_product_is_neither_owner_nor_superuser(owner: Owner) -> None:
    row = owner.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = 'leader_app'").fetchone()
    assert row == (False, False)
    owners = owner.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert ("leader_app",) not in owners


@pytest.mark.parametrize("table", ["events", "receipt_entries", "stage_changes", "inbox_items", "security_entries"])
def test_what_happened_cannot_be_rewritten(owner: Owner, table: str) -> None:
    for right in ("UPDATE", "DELETE"):
        row = owner.execute("SELECT has_table_privilege('leader_app', %s, %s)", (table, right)).fetchone()
        assert row == (False,)


def test_company_comes_first_in_every_key(owner: Owner) -> None:
    for table in Base.metadata.tables.values():
        if table.name not in GLOBAL_TABLES:
            assert next(iter(table.primary_key.columns)).name == "company_id", table.name


def test_gates_are_closed_to_the_public(owner: Owner) -> None:
    rows = owner.execute(
        "SELECT proname FROM pg_proc JOIN pg_roles r ON r.oid = proowner WHERE r.rolname = 'leader_gate'"
        " AND has_function_privilege('public', pg_proc.oid, 'EXECUTE')"
    ).fetchall()
    assert rows == []


def test_no_company_may_delete_a_person_or_change_the_address(owner: Owner) -> None:
    for right in ("DELETE", "UPDATE"):
        assert owner.execute("SELECT has_table_privilege('leader_app', 'users', %s)", (right,)).fetchone() == (False,)
    row = owner.execute("SELECT has_column_privilege('leader_app', 'users', 'email', 'UPDATE')").fetchone()
    assert row == (False,)


@pytest.mark.parametrize(
    "gate",
    [
        "open_session",
        "find_sign_in",
        "enter_by_site_key",
        "open_capture",
        "claim_inbox_items",
        "claim_mails",
        "workplaces",
        "move_session",
    ],
)
def test_gates_know_closed_accounts(owner: Owner, gate: str) -> None:
    """A later migration that writes one of these anew must keep the question."""
    row = owner.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", (gate,)).fetchone()
    assert row
    assert "closed_at" in str(row[0])


def test_the_eraser_may_delete_everywhere_and_nobody_becomes_it(owner: Owner) -> None:
    for table in Base.metadata.tables.values():
        if "company_id" in table.columns:
            row = owner.execute("SELECT has_table_privilege('leader_eraser', %s, 'DELETE')", (table.name,)).fetchone()
            assert row == (True,), table.name
            found = owner.execute(
                "SELECT 1 FROM pg_policies WHERE tablename = %s AND cmd IN ('ALL', 'DELETE')"
                " AND roles && '{leader_app,leader_eraser}'::name[]",
                (table.name,),
            ).fetchone()
            assert found, f"{table.name}: CREATE POLICY erasing … FOR DELETE TO leader_eraser, or nothing is erased"
    assert owner.execute("SELECT pg_has_role('leader_app', 'leader_eraser', 'USAGE')").fetchone() == (False,)
