"""Retention: a company's rules, leads that are held, and how old messages go.

Revision: 0018, after 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"

COMPANIES = """
CREATE FUNCTION companies_with_retention() RETURNS TABLE (company_id uuid)
SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql STABLE AS $$
    SELECT DISTINCT r.company_id FROM retention_rules r JOIN companies c ON c.id = r.company_id
     WHERE r.months IS NOT NULL AND r.effective_at <= now() AND c.closed_at IS NULL
$$
"""
PURGE = f"""
CREATE FUNCTION purge_inbox(before timestamptz, most integer) RETURNS integer
SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE sql AS $$
    WITH old AS MATERIALIZED (
             SELECT i.company_id, i.id FROM inbox_items i
              WHERE i.company_id = {CURRENT} AND i.received_at < before AND i.taken_in_at IS NOT NULL
                AND i.erased_at IS NULL
                AND EXISTS (SELECT 1 FROM retention_rules r
                             WHERE r.company_id = i.company_id AND r.data_class = 'messages'
                               AND r.months IS NOT NULL AND r.effective_at <= now())
              LIMIT most),
         gone AS (DELETE FROM inbox_items i USING old WHERE i.company_id = old.company_id AND i.id = old.id
                  RETURNING 1)
    SELECT count(*)::integer FROM gone
$$
"""


def upgrade() -> None:
    op.create_table(
        "retention_rules",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("data_class", sa.Text(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("months_before", sa.Integer(), nullable=True),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint("data_class IN ('leads', 'messages')", name=op.f("ck_retention_rules_data_class")),
        sa.CheckConstraint("months BETWEEN 1 AND 120", name=op.f("ck_retention_rules_months")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_retention_rules_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_retention_rules")),
        sa.UniqueConstraint("company_id", "data_class", name=op.f("uq_retention_rules_company_id_data_class")),
    )
    op.create_table(
        "lead_holds",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("held_by_name", sa.Text(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "lead_id"],
            ["leads.company_id", "leads.id"],
            name=op.f("fk_lead_holds_company_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_lead_holds_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_lead_holds")),
        sa.UniqueConstraint("company_id", "lead_id", name=op.f("uq_lead_holds_company_id_lead_id")),
    )
    for table in ("retention_rules", "lead_holds"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO leader_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_company ON {table} TO leader_app USING (company_id = {CURRENT})")
    op.execute("GRANT SELECT ON retention_rules TO leader_gate")
    op.execute("CREATE POLICY gate ON retention_rules TO leader_gate USING (true)")
    _define("companies_with_retention", COMPANIES, "leader_gate")
    _define("purge_inbox", PURGE, "leader_eraser")


def _define(name: str, definition: str, role: str) -> None:
    op.execute(f"GRANT CREATE ON SCHEMA public TO {role}")
    op.execute(definition)
    op.execute(f"ALTER FUNCTION {name} OWNER TO {role}")
    op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO leader_app")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {role}")


def downgrade() -> None:
    op.execute("DROP FUNCTION companies_with_retention")
    op.execute("DROP FUNCTION purge_inbox")
    op.drop_table("lead_holds")
    op.drop_table("retention_rules")
