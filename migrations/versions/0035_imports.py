"""Leads from files: imports, their lines, and who is a lead already.

Revision: 0035, after 0034
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"
ACTIVE = "state IN ('asked', 'running', 'undoing')"

GATES = {
    # Which import is due to be worked on? Claims it for one worker; nobody else gets it until the lease ends.
    "claim_lead_import(lease interval)": """
        RETURNS TABLE (company_id uuid, import_id uuid, claim integer, attempts integer)
        LANGUAGE sql AS $$
            WITH due AS MATERIALIZED (
                SELECT i.company_id, i.id FROM lead_imports i JOIN companies c ON c.id = i.company_id
                 WHERE i.state IN ('asked', 'running', 'undoing') AND i.due_at <= clock_timestamp()
                   AND c.closed_at IS NULL
                 ORDER BY i.due_at LIMIT 1 FOR UPDATE OF i SKIP LOCKED
            )
            UPDATE lead_imports i
               SET claim = i.claim + 1, attempts = i.attempts + 1, due_at = clock_timestamp() + lease,
                   state = CASE i.state WHEN 'asked' THEN 'running' ELSE i.state END
              FROM due WHERE i.company_id = due.company_id AND i.id = due.id
            RETURNING i.company_id, i.id, i.claim, i.attempts
        $$""",
    # Which of these people are leads of the served company? Row-level security would hide the indexes on lower(email).
    "known_people(addresses text[], numbers text[])": f"""
        RETURNS TABLE (address text, number text)
        LANGUAGE sql STABLE AS $$
            SELECT lower(l.email), ''::text FROM leads l
             WHERE l.company_id = {CURRENT} AND l.email <> '' AND NOT l.is_spam AND NOT l.is_demo
               AND lower(l.email) = ANY (addresses)
            UNION
            SELECT ''::text, l.phone_e164 FROM leads l
             WHERE l.company_id = {CURRENT} AND l.phone_e164 <> '' AND NOT l.is_spam AND NOT l.is_demo
               AND l.phone_e164 = ANY (numbers)
        $$""",
    # Lines that nobody began, or that were refused, stay thirty days.
    "purge_import_pieces()": """
        RETURNS integer
        LANGUAGE sql AS $$
            WITH unbegun AS (
                UPDATE lead_imports SET state = 'discarded', ended_at = now()
                 WHERE state = 'read' AND created_at < now() - interval '30 days' RETURNING id
            ), gone AS (
                DELETE FROM import_pieces p USING lead_imports i
                 WHERE p.created_at < now() - interval '30 days' AND i.company_id = p.company_id AND i.id = p.import_id
                   AND i.state NOT IN ('asked', 'running', 'undoing') RETURNING 1
            )
            SELECT count(*)::integer FROM gone
        $$""",
}


def upgrade() -> None:
    op.create_table(
        "lead_imports",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("encoding", sa.Text(), nullable=False),
        sa.Column("delimiter", sa.Text(), nullable=False),
        sa.Column("heading", postgresql.JSONB(), nullable=False),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.Column("is_month_first", sa.Boolean(), nullable=False),
        sa.Column("keeps_doubles", sa.Boolean(), nullable=False),
        sa.Column("is_waiting", sa.Boolean(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("lines_total", "lines_done", "leads_made", "lines_refused", "leads_removed", "leads_kept")
        ),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('read', 'discarded', 'asked', 'running', 'done', 'failed', 'undoing', 'undone')",
            name=op.f("ck_lead_imports_state"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_lead_imports_company_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_lead_imports")),
    )
    op.create_index(
        "uq_lead_imports_active", "lead_imports", ["company_id"], unique=True, postgresql_where=sa.text(ACTIVE)
    )
    op.create_index("ix_lead_imports_due", "lead_imports", ["due_at"], postgresql_where=sa.text(ACTIVE))
    op.create_table(
        "import_pieces",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_import_pieces_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "import_id"],
            ["lead_imports.company_id", "lead_imports.id"],
            name=op.f("fk_import_pieces_company_id_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_import_pieces")),
        sa.UniqueConstraint(
            "company_id", "import_id", "number", name=op.f("uq_import_pieces_company_id_import_id_number")
        ),
    )
    op.create_index("ix_import_pieces_old", "import_pieces", ["created_at"])
    op.add_column("leads", sa.Column("import_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_leads_import", "leads", ["company_id", "import_id"], postgresql_where=sa.text("import_id IS NOT NULL")
    )
    op.create_index(
        "ix_leads_email",
        "leads",
        ["company_id", sa.text("lower(email)"), "created_at"],
        postgresql_where=sa.text("email <> ''"),
    )
    _lock()
    _open_gates()


def _lock() -> None:
    op.execute("GRANT SELECT, INSERT, UPDATE ON lead_imports TO leader_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON import_pieces TO leader_app")
    op.execute("GRANT SELECT, UPDATE (claim, attempts, state, due_at, ended_at) ON lead_imports TO leader_gate")
    op.execute("GRANT SELECT, DELETE ON import_pieces TO leader_gate")
    for table in ("lead_imports", "import_pieces"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_company ON {table} TO leader_app USING (company_id = {CURRENT})")
        op.execute(f"CREATE POLICY gate ON {table} TO leader_gate USING (true)")


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
    op.drop_column("leads", "import_id")
    op.drop_index("ix_leads_email", "leads")
    op.drop_table("import_pieces")
    op.drop_table("lead_imports")
