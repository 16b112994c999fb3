"""The mail outbox: rows of a company or of none, added by the product, claimed and settled through gates.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CURRENT = "nullif(current_setting('app.company_id', true), '')::uuid"

GATES = {
    # Which mails are due? Claims them for one worker, as the conversion uploads are.
    "claim_mails(most integer, lease interval)": """
        RETURNS TABLE (id uuid, claim integer, attempts integer, created_at timestamptz, template text,
                       recipient text, language text, "values" jsonb, unsubscribe text)
        LANGUAGE sql AS $$
            WITH due AS MATERIALIZED (
                SELECT m.id FROM mails m
                 WHERE m.state IN ('pending', 'sending') AND m.due_at <= clock_timestamp()
                 ORDER BY m.due_at LIMIT most FOR UPDATE SKIP LOCKED
            )
            UPDATE mails m
               SET claim = m.claim + 1, attempts = m.attempts + 1, state = 'sending',
                   due_at = clock_timestamp() + lease
              FROM due WHERE m.id = due.id
            RETURNING m.id, m.claim, m.attempts, m.created_at, m.template, m.recipient, m.language, m."values",
                      m.unsubscribe
        $$""",
    # What became of a claimed mail? What it said is forgotten with the last word.
    "settle_mail(given uuid, held integer, becomes text, why text, pause interval)": """
        RETURNS boolean
        LANGUAGE sql AS $$
            WITH done AS (
                UPDATE mails m
                   SET state = becomes, reason = why, due_at = clock_timestamp() + coalesce(pause, interval '0'),
                       settled_at = CASE WHEN becomes = 'pending' THEN NULL ELSE clock_timestamp() END,
                       "values" = CASE WHEN becomes = 'pending' THEN m."values" ELSE '{}'::jsonb END,
                       unsubscribe = CASE WHEN becomes = 'pending' THEN m.unsubscribe ELSE '' END
                 WHERE m.id = given AND m.claim = held AND m.state = 'sending'
                RETURNING 1
            )
            SELECT EXISTS (SELECT 1 FROM done)
        $$""",
    # How many mails of this kind did this address get lately? So that nobody can be flooded through us.
    "count_mails_to(address text, kind text, since timestamptz)": """
        RETURNS integer
        LANGUAGE sql STABLE AS $$
            SELECT count(*)::integer FROM mails m
             WHERE lower(m.recipient) = lower(address) AND m.created_at > since AND m.template = kind
        $$""",
    # Thirty days suffice to answer "did you write to me?".
    "purge_mails()": """
        RETURNS integer
        LANGUAGE sql AS $$
            WITH gone AS (DELETE FROM mails WHERE settled_at < now() - interval '30 days' RETURNING 1)
            SELECT count(*)::integer FROM gone
        $$""",
}


def upgrade() -> None:
    op.create_table(
        "mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("values", postgresql.JSONB(), nullable=False),
        sa.Column("unsubscribe", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'sending', 'sent', 'failed')", name=op.f("ck_mails_state")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_mails_company_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )
    op.create_index("ix_mails_due", "mails", ["due_at"], postgresql_where=sa.text("state IN ('pending', 'sending')"))
    op.create_index("ix_mails_newest", "mails", ["company_id", "id"])
    op.create_index("ix_mails_settled", "mails", ["settled_at"])
    op.create_index("ix_mails_address", "mails", [sa.text("lower(recipient)"), "created_at"])
    _lock()
    _open_gates()


def _lock() -> None:
    op.execute("GRANT SELECT, INSERT ON mails TO leader_app")
    op.execute("GRANT SELECT, UPDATE, DELETE ON mails TO leader_gate")
    op.execute("ALTER TABLE mails ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE mails FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_company ON mails FOR SELECT TO leader_app USING (company_id = {CURRENT})")
    op.execute(
        "CREATE POLICY posting ON mails FOR INSERT TO leader_app"
        f" WITH CHECK (company_id IS NULL OR company_id = {CURRENT})"
    )
    op.execute("CREATE POLICY gate ON mails TO leader_gate USING (true)")


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
    op.drop_table("mails")
