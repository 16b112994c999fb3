"""Advertising: costs by day and campaign, click details, and the readings that fetch them.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("ad_campaigns", "ad_costs", "ad_clicks", "ad_readings")
CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"
INSTANT = sa.DateTime(timezone=True)

GATES = {
    # Which questions to Google are due? Claimed for one worker, like the uploads.
    "claim_ad_readings(most integer, lease interval)": """
        RETURNS TABLE (company_id uuid, reading_id uuid, claim integer)
        LANGUAGE sql AS $$
            WITH due AS MATERIALIZED (
                SELECT r.company_id, r.id FROM ad_readings r
                 WHERE r.state = 'pending' AND r.due_at <= clock_timestamp()
                 ORDER BY r.due_at LIMIT most FOR UPDATE SKIP LOCKED
            )
            UPDATE ad_readings r
               SET claim = r.claim + 1, attempts = r.attempts + 1, due_at = clock_timestamp() + lease
              FROM due WHERE r.company_id = due.company_id AND r.id = due.id
            RETURNING r.company_id, r.id, r.claim
        $$""",
    # Which chosen ad accounts has nobody looked after for so long? Noted in the same statement.
    "claim_ad_accounts_to_follow(most integer, pause interval)": """
        RETURNS TABLE (company_id uuid, ad_account_id uuid)
        LANGUAGE sql AS $$
            WITH due AS MATERIALIZED (
                SELECT a.company_id, a.id FROM ad_accounts a
                  JOIN connections c ON c.company_id = a.company_id AND c.id = a.connection_id
                 WHERE a.is_chosen AND c.state = 'active'
                   AND (a.followed_at IS NULL OR a.followed_at < clock_timestamp() - pause)
                 ORDER BY a.followed_at NULLS FIRST LIMIT most FOR UPDATE OF a SKIP LOCKED
            )
            UPDATE ad_accounts a SET followed_at = clock_timestamp()
              FROM due WHERE a.company_id = due.company_id AND a.id = due.id
            RETURNING a.company_id, a.id
        $$""",
}
RIGHTS = {"ad_readings": "SELECT, UPDATE", "ad_accounts": "SELECT, UPDATE (followed_at)"}


def upgrade() -> None:
    _create_tables()
    op.add_column("ad_accounts", sa.Column("followed_at", INSTANT, nullable=True))
    op.create_index("ix_ad_accounts_followed", "ad_accounts", ["followed_at"], postgresql_where=sa.text("is_chosen"))
    op.create_index(
        "ix_touchpoints_gclid",
        "touchpoints",
        ["company_id", "occurred_at"],
        postgresql_where=sa.text("(click_ids ->> 'gclid') IS NOT NULL"),
    )
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO leader_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_company ON {table} TO leader_app USING (company_id = {CURRENT})")
    _create_gates()


def _create_tables() -> None:
    op.create_table(
        "ad_campaigns",
        *_key("ad_campaigns"),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channel_type", sa.Text(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.UniqueConstraint(
            "company_id", "customer_id", "campaign_id", name="uq_ad_campaigns_company_id_customer_id_campaign_id"
        ),
    )
    op.create_table(
        "ad_costs",
        *_key("ad_costs"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("clicks", sa.BigInteger(), nullable=False),
        sa.Column("impressions", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint("source IN ('api', 'file')", name=op.f("ck_ad_costs_source")),
        sa.CheckConstraint("cost_minor >= 0 AND clicks >= 0 AND impressions >= 0", name=op.f("ck_ad_costs_amounts")),
        sa.UniqueConstraint(
            "company_id", "day", "customer_id", "campaign_id", name="uq_ad_costs_company_id_day_customer_id_campaign_id"
        ),
    )
    op.create_table(
        "ad_clicks",
        *_key("ad_clicks"),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("gclid", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in (
                "customer_id",
                "campaign_id",
                "campaign_name",
                "ad_group_id",
                "ad_group_name",
                "keyword",
                "match_type",
                "network",
                "device",
            )
        ),
        sa.Column("read_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "lead_id"],
            ["leads.company_id", "leads.id"],
            name="fk_ad_clicks_company_id_lead_id",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("company_id", "lead_id", "gclid", name="uq_ad_clicks_company_id_lead_id_gclid"),
    )
    op.create_index("ix_ad_clicks_campaign", "ad_clicks", ["company_id", "campaign_id", "day"])
    op.create_table(
        "ad_readings",
        *_key("ad_readings"),
        sa.Column("ad_account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('costs', 'clicks')", name=op.f("ck_ad_readings_kind")),
        sa.CheckConstraint("state IN ('pending', 'done', 'failed')", name=op.f("ck_ad_readings_state")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_ad_readings_days")),
        sa.ForeignKeyConstraint(
            ["company_id", "ad_account_id"],
            ["ad_accounts.company_id", "ad_accounts.id"],
            name="fk_ad_readings_company_id_ad_account_id",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "company_id", "ad_account_id", "kind", "first_day", name="uq_ad_readings_company_id_ad_account_id_kind"
        ),
    )
    op.create_index("ix_ad_readings_due", "ad_readings", ["due_at"], postgresql_where=sa.text("state = 'pending'"))


def _key(table: str) -> tuple[object, ...]:
    """What every table of a company begins with."""
    return (
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=f"fk_{table}_company_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("company_id", "id", name=f"pk_{table}"),
    )


def _create_gates() -> None:
    op.execute("CREATE POLICY gate ON ad_readings TO leader_gate USING (true)")
    op.execute("CREATE POLICY gate ON ad_accounts TO leader_gate USING (true)")
    for table, rights in RIGHTS.items():
        op.execute(f"GRANT {rights} ON {table} TO leader_gate")
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate")
    for signature, body in GATES.items():
        head, _, rest = body.partition("LANGUAGE")
        op.execute(
            f"CREATE FUNCTION {signature} {head} SECURITY DEFINER SET search_path = public, pg_temp LANGUAGE {rest}"
        )
        name = signature.partition("(")[0]
        op.execute(f"ALTER FUNCTION {name} OWNER TO leader_gate")
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO leader_app")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate")


def downgrade() -> None:
    for signature in GATES:
        op.execute(f"DROP FUNCTION {signature.partition('(')[0]}")
    op.execute("DROP POLICY gate ON ad_accounts")
    op.execute("REVOKE ALL ON ad_accounts FROM leader_gate")
    op.drop_index("ix_touchpoints_gclid", "touchpoints")
    op.drop_column("ad_accounts", "followed_at")
    for table in reversed(TABLES):
        op.drop_table(table)
