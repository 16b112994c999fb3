"""Requests of people about their own data, with their log.

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"

GATES = {
    # Whose desk answers for this website? Tells the transaction nothing: the session then serves the company.
    "privacy_desk(given text)": """
        RETURNS TABLE (company_id uuid, company_name text, region text, time_zone text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT c.id, c.name, c.region, c.time_zone
              FROM capture_sources s JOIN companies c ON c.id = s.company_id WHERE s.site_key = given
        $$""",
    # Whose request does this link open?
    "privacy_request_of(given bytea)": """
        RETURNS TABLE (company_id uuid, request_id uuid)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT r.company_id, r.id FROM privacy_requests r WHERE r.token_hash = given
        $$""",
    "purge_privacy_requests()": """
        RETURNS integer
        LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            WITH gone AS (
                DELETE FROM privacy_requests r
                 WHERE (r.state = 'unconfirmed' AND r.received_at < now() - interval '30 days')
                    OR r.settled_at < now() - interval '1095 days' RETURNING 1)
            SELECT count(*)::integer FROM gone
        $$""",
}


def upgrade() -> None:
    _create_requests()
    _create_log()
    _lock("privacy_requests", "SELECT, INSERT, UPDATE")
    _lock("privacy_request_entries", "SELECT, INSERT")
    op.execute("GRANT SELECT, DELETE ON privacy_requests TO leader_gate")
    op.execute("CREATE POLICY gate ON privacy_requests TO leader_gate USING (true)")
    op.execute("GRANT CREATE ON SCHEMA public TO leader_gate")
    for signature, body in GATES.items():
        name = signature.partition("(")[0]
        op.execute(f"CREATE FUNCTION {signature} {body}")
        op.execute(f"ALTER FUNCTION {name} OWNER TO leader_gate")
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO leader_app")
    op.execute("REVOKE CREATE ON SCHEMA public FROM leader_gate")


def _create_requests() -> None:
    kinds = "'access', 'correct', 'erase', 'restrict', 'object', 'complain'"
    op.create_table(
        "privacy_requests",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("law", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("acknowledge_on", sa.Date(), nullable=True),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_on", sa.Date(), nullable=True),
        sa.Column("paused_days", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"kind IN ({kinds})", name=op.f("ck_privacy_requests_kind")),
        sa.CheckConstraint("law IN ('gdpr', 'uk', 'ccpa')", name=op.f("ck_privacy_requests_law")),
        sa.CheckConstraint(
            "state IN ('unconfirmed', 'open', 'paused', 'answered', 'refused')", name=op.f("ck_privacy_requests_state")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_privacy_requests_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_privacy_requests")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_privacy_requests_token_hash")),
    )
    is_open = sa.text("state IN ('open', 'paused')")
    op.create_index("ix_privacy_requests_due", "privacy_requests", ["company_id", "due_on"], postgresql_where=is_open)
    op.create_index("ix_privacy_requests_newest", "privacy_requests", ["company_id", "received_at", "id"])


def _create_log() -> None:
    op.create_table(
        "privacy_request_entries",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "request_id"],
            ["privacy_requests.company_id", "privacy_requests.id"],
            name=op.f("fk_privacy_request_entries_company_id_request_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_privacy_request_entries_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_privacy_request_entries")),
    )
    op.create_index("ix_privacy_request_entries_request", "privacy_request_entries", ["company_id", "request_id", "id"])


def _lock(table: str, rights: str) -> None:
    op.execute(f"GRANT {rights} ON {table} TO leader_app")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_company ON {table} TO leader_app USING (company_id = {CURRENT})")


def downgrade() -> None:
    for signature in GATES:
        op.execute(f"DROP FUNCTION {signature.partition('(')[0]}")
    op.drop_table("privacy_request_entries")
    op.drop_table("privacy_requests")
