"""Reports: each day's figures, and the days to be counted anew.

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"
SUMS = ("leads", "quotable", "won", "lost", "answered", "value_minor")


def upgrade() -> None:
    op.create_table(
        "daily_figures",
        *_key("daily_figures"),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("dimension", "model", "key", "currency")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in SUMS),
        sa.Column("is_kept", sa.Boolean(), nullable=False),
    )
    op.create_index(
        "ix_daily_figures_question",
        "daily_figures",
        ["company_id", "dimension", "model", "day"],
        postgresql_include=["key", "currency", *SUMS],
    )
    op.create_index("ix_daily_figures_day", "daily_figures", ["company_id", "day"])
    op.create_table("report_days_due", *_key("report_days_due"), sa.Column("day", sa.Date(), nullable=False))
    op.create_index("ix_report_days_due_day", "report_days_due", ["company_id", "day"])
    for table in ("daily_figures", "report_days_due"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO leader_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_company ON {table} TO leader_app USING (company_id = {CURRENT})")
    op.add_column(
        "companies", sa.Column("attribution_model", sa.Text(), nullable=False, server_default="last_non_direct")
    )
    _mark_what_is_there()
    _open_gate()


def _mark_what_is_there() -> None:
    """Leads that arrived before reports did are counted too."""
    op.execute(
        "INSERT INTO report_days_due (company_id, id, day)"
        " SELECT l.company_id, gen_random_uuid(), (l.created_at AT TIME ZONE c.time_zone)::date"
        " FROM leads l JOIN companies c ON c.id = l.company_id GROUP BY 1, 3"
    )


def _open_gate() -> None:
    """Which companies have days to be counted?"""
    op.execute("GRANT SELECT ON report_days_due TO leader_gate")
    op.execute("CREATE POLICY gate ON report_days_due TO leader_gate USING (true)")
    op.execute(
        """CREATE FUNCTION companies_with_days_due(most integer) RETURNS TABLE (company_id uuid)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT DISTINCT d.company_id FROM report_days_due d LIMIT most
        $$"""
    )
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate")
    op.execute("ALTER FUNCTION companies_with_days_due(integer) OWNER TO leader_gate")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate")
    op.execute("REVOKE ALL ON FUNCTION companies_with_days_due(integer) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION companies_with_days_due(integer) TO leader_app")


def _key(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f(f"fk_{table}_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f(f"pk_{table}")),
    )
