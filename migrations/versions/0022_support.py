"""Threads with support.

Revision: 0022, after 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"
ENTERED = "nullif(current_setting('app.support_request_id', true), '')::uuid"

GATES = {
    # Whose thread does this link open? Tells the transaction, so that row-level security shows it and nothing else.
    "enter_support_request(given bytea)": """
        RETURNS uuid
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT set_config('app.support_request_id', r.id::text, true)::uuid
              FROM support_requests r WHERE r.token_hash = given
        $$""",
    # How often did this address ask lately? So that nobody can be flooded with mail through us.
    "count_support_requests(given text, since timestamptz)": """
        RETURNS integer
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT count(*)::integer FROM support_requests r
             WHERE lower(r.email) = lower(given) AND r.created_at > since
        $$""",
    "purge_support_requests()": """
        RETURNS integer
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            WITH gone AS (
                DELETE FROM support_requests r
                 WHERE (r.state = 'unconfirmed' AND r.updated_at < now() - interval '7 days')
                    OR r.updated_at < now() - interval '730 days' RETURNING 1)
            SELECT count(*)::integer FROM gone
        $$""",
}


def upgrade() -> None:
    _create_tables()
    own = f"of_company = {CURRENT} OR id = {ENTERED}"
    _lock("support_requests", own, "SELECT, INSERT, UPDATE (state, updated_at)")
    _lock("support_messages", "request_id IN (SELECT id FROM support_requests)", "SELECT, INSERT")
    op.execute("GRANT SELECT, DELETE ON support_requests TO leader_gate")
    op.execute("CREATE POLICY gate ON support_requests TO leader_gate USING (true)")
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate")
    for signature, body in GATES.items():
        name = signature.partition("(")[0]
        op.execute(f"CREATE FUNCTION {signature} {body}")
        op.execute(f"ALTER FUNCTION {name} OWNER TO leader_gate")
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO leader_app")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate")


def _create_tables() -> None:
    op.create_table(
        "support_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("of_company", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('unconfirmed', 'open', 'answered', 'closed')", name=op.f("ck_support_requests_state")
        ),
        sa.ForeignKeyConstraint(
            ["of_company"], ["companies.id"], name=op.f("fk_support_requests_of_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_requests")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_support_requests_token_hash")),
    )
    op.create_index("ix_support_requests_open", "support_requests", ["state", "updated_at", "id"])
    op.create_index("ix_support_requests_company", "support_requests", ["of_company", "id"])
    op.create_table(
        "support_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("side IN ('person', 'staff')", name=op.f("ck_support_messages_side")),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["support_requests.id"],
            name=op.f("fk_support_messages_request_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_messages")),
    )
    op.create_index("ix_support_messages_request", "support_messages", ["request_id", "id"])


def _lock(table: str, own: str, rights: str) -> None:
    """Anybody may file one; reading is for its own company and for whoever holds the link."""
    op.execute(f"GRANT {rights} ON {table} TO leader_app")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own ON {table} TO leader_app USING ({own})")
    op.execute(f"CREATE POLICY file ON {table} FOR INSERT TO leader_app WITH CHECK (true)")


def downgrade() -> None:
    for signature in GATES:
        op.execute(f"DROP FUNCTION {signature.partition('(')[0]}")
    op.drop_table("support_messages")
    op.drop_table("support_requests")
