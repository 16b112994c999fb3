"""Published statistics: what was released each quarter, and which companies take no part.

Revision: 0038, after 0037
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

COUNTS = """
    CREATE FUNCTION statistics_counts(begins_at timestamptz, ends_at timestamptz)
    RETURNS TABLE (account bigint, channel text, answer text, leads bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        -- Companies are numbered for this answer alone: nobody learns which is which.
        SELECT dense_rank() OVER (ORDER BY l.company_id), l.channel,
               CASE WHEN l.answered_at IS NULL THEN 'none'
                    WHEN l.answered_at <= l.created_at + interval '1 hour' THEN 'hour'
                    WHEN l.answered_at <= l.created_at + interval '1 day' THEN 'day'
                    WHEN l.answered_at <= l.created_at + interval '7 days' THEN 'week'
                    ELSE 'later' END,
               count(*)
          FROM companies c JOIN leads l ON l.company_id = c.id
         WHERE c.is_in_statistics AND c.closed_at IS NULL AND NOT c.is_demo AND c.created_at < begins_at
           AND l.created_at >= begins_at AND l.created_at < ends_at
           AND NOT (l.is_test OR l.is_spam OR l.is_demo) AND l.restricted_at IS NULL
         GROUP BY l.company_id, 2, 3
    $$"""


def upgrade() -> None:
    op.add_column(
        "companies", sa.Column("is_in_statistics", sa.Boolean(), nullable=False, server_default=sa.text("true"))
    )
    op.create_table(
        "statistics_releases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("epsilon_thousandths", sa.Integer(), nullable=False),
        sa.Column("tables", postgresql.JSONB(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistics_releases")),
        sa.UniqueConstraint("quarter", name=op.f("uq_statistics_releases_quarter")),
    )
    op.execute("GRANT SELECT, INSERT ON statistics_releases TO leader_app")
    op.execute("REVOKE ALL ON statistics_releases FROM leader_eraser")
    op.execute("ALTER TABLE statistics_releases ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE statistics_releases FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY everybody ON statistics_releases TO leader_app USING (true)")
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate")
    op.execute(COUNTS)
    op.execute("ALTER FUNCTION statistics_counts OWNER TO leader_gate")
    op.execute("REVOKE ALL ON FUNCTION statistics_counts FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION statistics_counts TO leader_app")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate")


def downgrade() -> None:
    op.execute("DROP FUNCTION statistics_counts")
    op.drop_table("statistics_releases")
    op.drop_column("companies", "is_in_statistics")
