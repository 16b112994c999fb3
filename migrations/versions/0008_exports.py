"""Exports: one active for each company, claimed like every other job.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"

GATES = {
    # Which export is due to be made? Claims it for one worker; nobody else gets it until the lease ends.
    "claim_export(lease interval)": """
        RETURNS TABLE (company_id uuid, export_id uuid, claim integer, attempts integer)
        LANGUAGE sql AS $$
            WITH due AS MATERIALIZED (
                SELECT e.company_id, e.id FROM exports e
                 WHERE e.state IN ('asked', 'running') AND e.due_at <= clock_timestamp()
                 ORDER BY e.due_at LIMIT 1 FOR UPDATE SKIP LOCKED
            )
            UPDATE exports e
               SET claim = e.claim + 1, attempts = e.attempts + 1, state = 'running', rows_done = 0, rows_total = 0,
                   due_at = clock_timestamp() + lease
              FROM due WHERE e.company_id = due.company_id AND e.id = due.id
            RETURNING e.company_id, e.id, e.claim, e.attempts
        $$""",
    # Whose archives have had their days?
    "due_export_ends(most integer)": """
        RETURNS TABLE (company_id uuid, export_id uuid)
        LANGUAGE sql STABLE AS $$
            SELECT e.company_id, e.id FROM exports e
             WHERE e.state = 'ready' AND e.expires_at <= now() ORDER BY e.expires_at LIMIT most
        $$""",
    # Which files in the folder of archives does some row still answer for?
    "wanted_export_files()": """
        RETURNS TABLE (file_name text)
        LANGUAGE sql STABLE AS $$
            SELECT e.file_name FROM exports e WHERE e.state IN ('running', 'ready') AND e.file_name <> ''
        $$""",
}


def upgrade() -> None:
    op.create_table(
        "exports",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows_done", sa.BigInteger(), nullable=False),
        sa.Column("rows_total", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sealed_key", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("downloads", sa.Integer(), nullable=False),
        sa.Column("downloaded_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'running', 'ready', 'failed', 'expired')", name=op.f("ck_exports_state")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_exports_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_exports")),
    )
    active = sa.text("state IN ('asked', 'running')")
    op.create_index("uq_exports_active", "exports", ["company_id"], unique=True, postgresql_where=active)
    op.create_index("ix_exports_due", "exports", ["due_at"], postgresql_where=active)
    op.create_index("ix_exports_expires", "exports", ["expires_at"], postgresql_where=sa.text("state = 'ready'"))
    op.create_index("ix_exports_newest", "exports", ["company_id", "asked_at", "id"])
    _lock()
    _open_gates()


def _lock() -> None:
    op.execute("GRANT SELECT, INSERT, UPDATE ON exports TO leader_app")
    op.execute("GRANT SELECT, UPDATE (claim, attempts, state, rows_done, rows_total, due_at) ON exports TO leader_gate")
    op.execute("ALTER TABLE exports ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE exports FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_company ON exports TO leader_app USING (company_id = {CURRENT})")
    op.execute("CREATE POLICY gate ON exports TO leader_gate USING (true)")


def _open_gates() -> None:
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
    op.drop_table("exports")
